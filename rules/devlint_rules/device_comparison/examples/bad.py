"""A vocoder that branches on the device of what it is given."""

from typing import Union

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(80, 1)

    def forward(self, mel):
        if mel.device == "cuda":  # expect: cuda, cuda-requested, cuda-x2
            torch.cuda.empty_cache()
        if "cpu" != mel.device:  # expect: cpu, driverless, cuda-cpu-requested
            mel = mel.contiguous()
        return self.out(mel)

    def seed(self, mel: torch.Tensor):
        if mel.device == torch.device("cuda"):  # expect: cuda, cuda-requested, cuda-x2
            torch.cuda.manual_seed(7)

    def seed_cpu(self, mel: torch.Tensor):
        if str(mel.device) != "cuda":  # expect: cuda, cuda-requested, cuda-x2
            torch.manual_seed(7)


def synthesize(model: nn.Module, text):
    device = next(model.parameters()).device
    if device.startswith("cuda"):  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        text = text.to(device)
    return model(text)


def collect(model: nn.Module, text):
    device = next(model.parameters()).device
    if "mps" in device:  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        return model(text).cpu()
    return model(text)


def cache(model, device: Union[str, torch.device]):
    if device == "cpu":  # expect: cpu, driverless, cuda-cpu-requested
        return None
    return model


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    if (device =="cuda" and not torch.cuda.is_available()  # expect: cpu, driverless
            or kwargs.get("ngpu", 1) == 0):
        device = "cpu"
    return nn.Linear(80, 1).to(device)


def providers(device=None):
    if device == "cuda" or device == torch.device("cuda"):  # expect: cuda-x2
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]
    return ["CPUExecutionProvider"]


def is_empty(weight: torch.Tensor):
    return weight.device == "meta"  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
