"""Layers that are made while they are used."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        return x + self.norm(x)


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.project = nn.Linear(width, width)

    def forward(self, x: torch.Tensor):
        reduce = nn.Linear(self.width, 1)  # expect: cuda, cuda-requested, cuda-x2
        return reduce(self.project(x))


class Refined(nn.Module):
    def forward(self, x: torch.Tensor):
        return Block(x.shape[-1])(x)  # expect: cuda, cuda-requested, cuda-x2
