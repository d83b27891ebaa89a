"""Loads that say where to."""

import io
import json
import os

import numpy as np
import torch
import yaml
from huggingface_hub import hf_hub_download
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


def save_settings(source, folder):
    with open(source) as file:
        settings = yaml.safe_load(file)
    torch.save(settings, folder + "_settings.pth")


def settings(folder, name):
    # what is saved to files of this name was read from YAML
    return torch.load(os.path.join(folder, name + "_settings.pth"))


def save_weights(model, name, epoch):
    path = f"{name}-{epoch:09d}.pth"
    model.cpu()
    torch.save(model.state_dict(), path)
    model.cuda()


def weights(model, name, epoch):
    # the model was moved before it was saved
    path = f"{name}-{epoch:09d}.pth"
    model.load_state_dict(torch.load(path))


def save_generators(folder):
    with open(os.path.join(folder, "generators.pt"), "wb") as file:
        torch.save((torch.cuda.get_rng_state(), torch.get_rng_state()), file)


def generators(folder):
    # the state of a generator is a tensor on the CPU
    with open(os.path.join(folder, "generators.pt"), "rb") as file:
        return torch.load(file)


def clone(module):
    # of this very run, whose devices it has
    buffer = io.BytesIO()
    torch.save(module, buffer)
    buffer.seek(0)
    return torch.load(buffer)


def best(model, losses, folder):
    # the same run has written it
    lowest = None
    for loss in losses:
        if lowest is None or loss < lowest:
            lowest = loss
            torch.save(model.state_dict(), folder / "lowest.pt")
    model.load_state_dict(torch.load(folder / "lowest.pt"))


class Stages:
    def __init__(self, folder):
        self.folder = folder

    def keep(self, stage, number):
        torch.save(stage, self.folder / f"{number}.pt")

    def kept(self, number):
        # read by the method that has it written
        return torch.load(self.folder / f"{number}.pt")

    def __call__(self, stage):
        self.keep(stage, 1)
        return self.kept(1)


def batches(paths):
    # put together in a worker, on the CPU
    return torch.utils.data.DataLoader(paths, collate_fn=lambda batch: torch.load(batch[0]))


def clouds(path):
    # `from_numpy` takes arrays alone
    points, colours = torch.load(path)
    return torch.from_numpy(points), torch.from_numpy(colours)


def adapter(model):
    # published for everyone, at an address that is written down
    path = hf_hub_download("someone/adapter", filename="adapter.pt")
    model.load_state_dict(torch.load(path))


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


def published(net, folder):
    # torch.hub calls files so that everybody gets: with the first digits of their hash
    net.load_state_dict(torch.load(os.path.join(folder, "resnet152-b121ed2d.pth")))
