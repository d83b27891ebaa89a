"""A captioner that selects its device."""

import os

import torch
from torch import nn

NAME = os.environ.get("CAPTION_DEVICE") or ("cuda:0" if torch.cuda.is_available() else "xpu" if torch.xpu.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")


class Captioner:
    def __init__(self, device=None):
        if device is None:
            device = "cuda" if torch.cuda.is_available() else "xpu" if torch.xpu.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        self.model = nn.Linear(4, 2).to(device)


def build(use_cpu=False):
    place = torch.device("cuda") if not use_cpu and torch.cuda.is_available() else torch.device("cpu")
    return nn.Linear(4, 2).to(place)


def pick():
    if torch.cuda.is_available():
        device = "cuda"
    else:
        device = "cpu"
    return device


def export(model, path):
    target = "cuda" if torch.cuda.is_available() else "xpu" if torch.xpu.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    torch.save(model.to(target), path)
    return target
