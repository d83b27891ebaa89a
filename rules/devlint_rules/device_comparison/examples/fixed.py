"""A vocoder that branches on the device of what it is given."""

from typing import Union

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(80, 1)

    def forward(self, mel):
        if mel.device.type == "cuda":
            torch.cuda.empty_cache()
        if "cpu" != mel.device.type:
            mel = mel.contiguous()
        return self.out(mel)

    def seed(self, mel: torch.Tensor):
        if mel.device.type == "cuda":
            torch.cuda.manual_seed(7)

    def seed_cpu(self, mel: torch.Tensor):
        if not str(mel.device).startswith("cuda"):
            torch.manual_seed(7)


def synthesize(model: nn.Module, text):
    device = next(model.parameters()).device
    if str(device).startswith("cuda"):
        text = text.to(device)
    return model(text)


def collect(model: nn.Module, text):
    device = next(model.parameters()).device
    if "mps" in str(device):
        return model(text).cpu()
    return model(text)


def cache(model, device: Union[str, torch.device]):
    if str(device) == "cpu":
        return None
    return model


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    if (str(device).startswith("cuda") and not torch.cuda.is_available()
            or kwargs.get("ngpu", 1) == 0):
        device = "cpu"
    return nn.Linear(80, 1).to(device)


def providers(device=None):
    if device == "cuda" or str(device).startswith("cuda"):
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]
    return ["CPUExecutionProvider"]


def is_empty(weight: torch.Tensor):
    return weight.device.type == "meta"
