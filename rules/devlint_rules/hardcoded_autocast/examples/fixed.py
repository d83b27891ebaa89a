"""Mixed precision for whatever the machine has, it says."""

import torch
from torch import nn


def described(model: nn.Module, images, device):
    images = images.to(device)
    with torch.autocast("cuda", enabled=str(device).startswith("cuda")):
        return model(images)


def summed(model: nn.Module, images, device):
    images = images.to(device)
    with torch.cuda.amp.autocast(dtype=torch.bfloat16, enabled=str(device).startswith("cuda")):
        return model(images).sum()


def placed(scores: torch.Tensor):
    with torch.amp.autocast(scores.device.type):
        return scores.add(1).device


def reconstructed(model: nn.Module, latents, device):
    # before torch 2.4
    with torch.autocast(device_type=torch.device(str(device)).type):
        return model(latents.to(device))


def numbered(model: nn.Module, images, number):
    # before torch 2.4; without CUDA, what moves something there fails
    with torch.autocast(device_type=torch.device(f"cuda:{number}").type):
        return model(images)


def scaler():
    return torch.amp.GradScaler()
