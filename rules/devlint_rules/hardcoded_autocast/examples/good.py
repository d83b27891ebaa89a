"""Mixed precision where there is some."""

import contextlib

import torch
from torch import nn


def by_type(model: nn.Module, images, device: torch.device):
    # the type of the device that is computed on
    with torch.autocast(device.type):
        return model(images.to(device))


def by_part(model: nn.Module, images, device: str):
    # its index taken away
    with torch.autocast(device_type=device.split(":")[0]):
        return model(images.to(device))


def by_own_name(images, device_type):
    # named for what it is
    with torch.autocast(device_type):
        return images.sum()


def switched_off(x, device):
    # for something that must not be half precision
    with torch.cuda.amp.autocast(enabled=False):
        return x.to(device).float().softmax(-1)


def configured(model: nn.Module, images, device, fp16):
    # who asked for it asked for CUDA
    with torch.cuda.amp.autocast(fp16):
        return model(images.to(device))


def guarded(model: nn.Module, images, device: torch.device):
    if device.type != "cuda":
        return model(images)
    # only CUDA gets here
    with torch.autocast("cuda"):
        return model(images)


def chosen(device: torch.device):
    # on this side of the condition there is CUDA
    return torch.autocast("cuda") if device.type == "cuda" else contextlib.nullcontext()


def on_the_cpu(model: nn.Module, images):
    # for the CPU, by name
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return model(images)


def scaler(device: torch.device):
    # enabled for CUDA alone
    return torch.amp.GradScaler(enabled=device.type == "cuda")
