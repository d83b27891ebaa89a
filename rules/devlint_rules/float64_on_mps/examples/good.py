"""Double precision where there is some, and none where there is not."""

import numpy as np
import torch
from torch import nn

device = torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Phase(nn.Module):
    def forward(self, frequencies):
        # by the type of the device
        precise = torch.float32 if frequencies.device.type == "mps" else torch.float64
        return torch.cumsum(frequencies.to(precise), dim=-1).float()


class Guarded(nn.Module):
    def forward(self, frequencies):
        # another way for the device that has none
        if frequencies.device.type == "mps":
            return torch.cumsum(frequencies, dim=-1)
        return torch.cumsum(frequencies.double(), dim=-1).float()


def envelope(size):
    # converted first
    return torch.from_numpy(np.linspace(0, 1, size)).float().to(device)


def envelope_at_once(size):
    # converted on the way
    return torch.from_numpy(np.linspace(0, 1, size)).to(device, torch.float32)


def single(size):
    # numpy was told
    return torch.from_numpy(np.zeros(size, dtype=np.float32)).to(device)


def numbers():
    # of Python's numbers torch makes single precision
    return torch.tensor([0.5, 1.5]).to(device)


def statistics(scores: torch.Tensor):
    # on the CPU
    return scores.to(device).cpu().double().mean()


def schedule(steps):
    # stays on the CPU until it is single precision
    betas = torch.linspace(0.01, 0.2, steps, dtype=torch.float64) ** 2
    return betas.cumprod(0).to(torch.float32).to(device)


def unknown(samples):
    # nobody says of which type these are
    return torch.from_numpy(samples).to(device)
