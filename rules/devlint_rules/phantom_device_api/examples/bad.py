"""The clean-up and the devices of a training script."""

import torch
from torch import nn


def pick_device():
    if torch.cuda.is_availble():  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        return torch.device("cuda")
    return torch.device("cpu")


def has_kernels():
    return torch.backends.cuda.is_available()  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2


def release():
    if torch.cuda.is_available():
        torch.cuda.clear_cache()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


def build(width):
    name = "CUDA" if torch.cuda.is_available() else "cpu"
    return nn.Linear(width, width).to(name)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


def second(width):
    if torch.cuda.device_count() > 1:
        return torch.zeros(width, device="cuda1")  # expect: cuda-x2
    return torch.zeros(width)


def mask(width):
    device = torch.device("gpu" if torch.cuda.is_available() else "cpu")  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return torch.ones(width, device=device)
