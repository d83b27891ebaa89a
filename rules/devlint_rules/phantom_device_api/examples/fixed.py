"""The clean-up and the devices of a training script."""

import torch
from torch import nn


def pick_device():
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("cpu")


def has_kernels():
    return torch.cuda.is_available()


def release():
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def build(width):
    name = "cuda" if torch.cuda.is_available() else "cpu"
    return nn.Linear(width, width).to(name)


def second(width):
    if torch.cuda.device_count() > 1:
        return torch.zeros(width, device="cuda:1")
    return torch.zeros(width)


def mask(width):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.ones(width, device=device)
