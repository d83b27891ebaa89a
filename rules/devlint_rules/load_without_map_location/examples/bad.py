"""Loads checkpoints."""

import torch
from torch import nn


class Separator:
    def __init__(self, path, device):
        self.device = device
        self.model = nn.LSTM(80, 80)
        self.model.load_state_dict(torch.load(path))  # expect: cpu, driverless
        self.model.to(self.device)

    def voice(self, path):
        latents = torch.load(path, weights_only=True)  # expect: cpu, driverless
        return latents["speaker"]


def encoder(path):
    model = nn.Linear(80, 256)
    state = torch.load(  # expect: cpu, driverless
        path,
        map_location=None,  # wherever it was
    )
    model.load_state_dict(state["encoder"])
    return model


def scripted(path):
    return torch.jit.load(path, map_location="cuda")  # expect: cpu, driverless


def traced(path):
    return torch.jit.load(path)  # expect: cpu, driverless


def resume(path, model, rank):
    checkpoint = torch.load(path, map_location=lambda storage, location: storage.cuda(rank))  # expect: cpu, driverless
    model.load_state_dict(checkpoint)


def centred(features, path):
    mean = torch.load(path)  # expect: cpu, driverless
    return features - mean


def placed(path, rank):
    return torch.load(path, map_location=lambda storage, location: storage.cuda(rank))  # expect: cpu, driverless


def steps(path):
    try:
        return int(torch.load(path)["step"])  # expect: cpu, driverless
    except Exception as error:
        print(f"no checkpoint: {error}")
