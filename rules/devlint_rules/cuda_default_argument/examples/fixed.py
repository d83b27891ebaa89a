"""Aligns text with speech."""

import torch
from torch import nn


class Aligner:
    def __init__(self, size, device="cuda" if torch.cuda.is_available() else "cpu"):
        self.model = nn.Linear(size, size).to(device)


def features(audio, *, on=torch.device("cuda:0" if torch.cuda.is_available() else "cpu")):
    return torch.as_tensor(audio, device=on)


def align(audio):
    return Aligner(2).model(features(audio))
