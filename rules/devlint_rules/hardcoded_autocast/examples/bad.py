"""Mixed precision for whatever the machine has, it says."""

import torch
from torch import nn


def described(model: nn.Module, images, device):
    images = images.to(device)
    with torch.autocast("cuda"):  # expect: cpu, driverless, mps, mps-requested, mps-cpu-requested
        return model(images)


def summed(model: nn.Module, images, device):
    images = images.to(device)
    with torch.cuda.amp.autocast(dtype=torch.bfloat16):  # expect: cpu, driverless, mps, mps-requested, mps-cpu-requested
        return model(images).sum()


def placed(scores: torch.Tensor):
    with torch.amp.autocast(scores.device):  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2, mps, mps-requested, mps-cpu-requested
        return scores.add(1).device


def reconstructed(model: nn.Module, latents, device):
    # before torch 2.4
    with torch.autocast(device_type=str(device)):  # expect: cuda-x2
        return model(latents.to(device))


def numbered(model: nn.Module, images, number):
    # before torch 2.4; without CUDA, what moves something there fails
    with torch.autocast(device_type=f"cuda:{number}"):  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        return model(images)


def scaler():
    return torch.amp.GradScaler()  # expect: mps, mps-requested
