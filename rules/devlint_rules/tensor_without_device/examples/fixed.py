"""Masks and positions that are made on the CPU."""

import torch
import torch.nn.functional as F
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.places = nn.Embedding(512, width)

    def forward(self, x: torch.Tensor):
        positions = self.places(torch.arange(x.shape[1], device=x.device))
        weights = torch.linspace(0, 1, x.shape[1], device=x.device)
        return self.project(x) + positions + weights * x

    def causal(self, scores: torch.Tensor):
        size = scores.shape[-1]
        mask = torch.ones(size, size, device=scores.device).tril()
        return scores * mask

    def others(self, scores: torch.Tensor):
        mask = torch.ones(2, 2, device=scores.device).sub(torch.eye(2, device=scores.device))
        return scores * mask


def fade(length):
    return torch.hann_window(length, device=device)


def windowed(samples):
    audio = torch.from_numpy(samples).to(device)
    return audio * fade(400)


def replaced(x: torch.Tensor, keep: torch.Tensor):
    pad = F.pad(x, (1, 1)).to(keep.device)
    high = torch.where(keep, x, torch.FloatTensor([1e9]).to(keep.device))
    return pad, high
