"""Positions and phases in double precision."""

import numpy as np
import torch
from torch import nn

device = torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Phase(nn.Module):
    def forward(self, frequencies):
        # sums that must not drift
        turns = torch.cumsum(frequencies.double(), dim=-1)  # expect: mps, mps-requested
        return torch.remainder(turns, 1).float()


def positions(queries: torch.Tensor, size):
    queries = queries.to(device)
    scale = torch.arange(0, size, 2, dtype=torch.float64, device=queries.device)  # expect: mps, mps-requested, mps-cpu-requested
    return (1 / 100 ** (scale / size)).float()


def envelope(size):
    # numpy computes in double precision
    window = np.linspace(0, 1, size)
    return torch.from_numpy(window).to(device).float()  # expect: mps, mps-requested, mps-cpu-requested


def ramp(size):
    return torch.tensor(np.linspace(0, 1, size), device=device) * 2  # expect: mps, mps-requested, mps-cpu-requested


def frequencies(places: torch.Tensor, size):
    # wherever that is
    steps = torch.arange(size, dtype=torch.float64, device=places.device) / size  # expect: mps, mps-requested
    return (places.unsqueeze(-1) * steps).float()
