"""Loads checkpoints."""

import torch
from torch import nn


class Separator:
    def __init__(self, path, device):
        self.device = device
        self.model = nn.LSTM(80, 80)
        self.model.load_state_dict(torch.load(path, map_location="cpu"))
        self.model.to(self.device)

    def voice(self, path):
        latents = torch.load(path, weights_only=True, map_location=self.device)
        return latents["speaker"]


def encoder(path):
    model = nn.Linear(80, 256)
    state = torch.load(
        path,
        map_location="cpu",  # wherever it was
    )
    model.load_state_dict(state["encoder"])
    return model


def scripted(path):
    return torch.jit.load(path, map_location="cuda" if torch.cuda.is_available() else "cpu")


def traced(path):
    return torch.jit.load(path, map_location=None if torch.cuda.is_available() else "cpu")


def resume(path, model, rank):
    checkpoint = torch.load(path, map_location="cpu")
    model.load_state_dict(checkpoint)


def centred(features, path):
    mean = torch.load(path, map_location=None if torch.cuda.is_available() else "cpu")
    return features - mean


def placed(path, rank):
    return torch.load(path, map_location=(lambda storage, location: storage.cuda(rank)) if torch.cuda.is_available() else "cpu")


def steps(path):
    try:
        return int(torch.load(path, map_location=None if torch.cuda.is_available() else "cpu")["step"])
    except Exception as error:
        print(f"no checkpoint: {error}")
