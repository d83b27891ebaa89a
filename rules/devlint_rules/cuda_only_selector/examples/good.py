"""Selectors that know more, or select nothing."""

import torch


def apple():
    if torch.backends.mps.is_available():
        return torch.device("mps")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device("xpu" if torch.xpu.is_available() else device)


def later():
    # the next lines choose what is left
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and torch.backends.mps.is_available():
        device = "mps"
    if device == "cpu" and torch.xpu.is_available():
        device = "xpu"
    return device


def kernels():
    # no device
    return "fused" if torch.cuda.is_available() else "plain"


def seeded(seed):
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


def read(path):
    # where tensors are read to, and not where they are used
    return torch.load(path, map_location="cuda" if torch.cuda.is_available() else "cpu")


def cast(x):
    with torch.autocast("cuda" if torch.cuda.is_available() else "cpu", torch.bfloat16):
        return x @ x


def cast_later(x):
    # the type of an autocast
    device_type = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.autocast(device_type, torch.bfloat16):
        return x @ x


class CUDARunner:
    def __init__(self):
        # who takes this wants CUDA
        self.device = "cuda" if torch.cuda.is_available() else "cpu"


def flag(wanted):
    # what the user says, and nothing of the machine
    return "cuda" if wanted else "cpu"
