"""A captioner that selects its device."""

import os

import torch
from torch import nn

NAME = os.environ.get("CAPTION_DEVICE") or ("cuda:0" if torch.cuda.is_available() else "cpu")  # expect: mps, mps-requested, xpu, xpu-requested, xpu-x2


class Captioner:
    def __init__(self, device=None):
        if device is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"  # expect: mps, mps-requested, xpu, xpu-requested, xpu-x2
        self.model = nn.Linear(4, 2).to(device)


def build(use_cpu=False):
    place = torch.device("cuda") if not use_cpu and torch.cuda.is_available() else torch.device("cpu")  # expect: mps, mps-requested, xpu, xpu-requested, xpu-x2
    return nn.Linear(4, 2).to(place)


def pick():
    if torch.cuda.is_available():  # expect: mps, mps-requested, xpu, xpu-requested, xpu-x2
        device = "cuda"
    else:
        device = "cpu"
    return device


def export(model, path):
    target = "cuda" if torch.cuda.is_available() else "cpu"  # expect: mps, mps-requested, xpu, xpu-requested, xpu-x2
    torch.save(model.to(target), path)
    return target
