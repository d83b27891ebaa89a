"""Aligns text with speech."""

import torch
from torch import nn


class Aligner:
    def __init__(self, size, device="cuda"):  # expect: cpu, driverless
        self.model = nn.Linear(size, size).to(device)


def features(audio, *, on=torch.device("cuda:0")):  # expect: cpu, driverless
    return torch.as_tensor(audio, device=on)


def align(audio):
    return Aligner(2).model(features(audio))
