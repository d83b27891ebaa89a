"""Loads that say where to."""

import json

import numpy as np
import torch
from safetensors.torch import load_file


def by_keyword(path, device):
    return torch.load(path, map_location=device)


def by_position(path):
    return torch.load(path, "cpu")


def by_function(path):
    # the identity keeps storages on the CPU, where they are read
    return torch.load(path, map_location=lambda storage, location: storage)


def by_dictionary(path):
    return torch.load(path, map_location={"cuda:0": "cpu"})


def over_lines(path, device):
    return torch.load(
        path,
        weights_only=True,
        map_location=device,
    )


def hidden(path, **kwargs):
    # may be among the keywords
    return torch.load(path, **kwargs)


def where_there_is_one(path):
    # only reached where there is a GPU
    if torch.cuda.is_available():
        return torch.load(path)
    return torch.load(path, map_location="cpu")


def retried(path):
    # the exception is expected
    try:
        return torch.load(path)
    except RuntimeError:
        return torch.load(path, map_location="cpu")


def others(path):
    # other loaders
    with open(path) as file:
        return json.load(file), np.load(path), load_file(path)


def published(url):
    # what a URL serves was saved for everyone
    return torch.hub.load_state_dict_from_url(url, progress=True)


def resumed(path):
    # this module saves numbers only
    torch.save({"epoch": 3, "losses": [0.5, 0.25]}, path)
    return torch.load(path)


def rebuilt(path, build):
    # the handler does something else instead
    try:
        return torch.load(path)
    except RuntimeError:
        return build()


def required(path):
    # the handler says what is missing
    try:
        return torch.load(path)
    except RuntimeError as error:
        raise SystemExit("this checkpoint needs a GPU") from error
