"""Layers that are kept in lists and dictionaries."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        return x + self.norm(x)


class Decoder(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x


class Encoder(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.blocks = nn.ModuleList()
        for _ in range(depth):
            self.blocks.append(Block(width))

    def forward(self, x: torch.Tensor):
        for block in self.blocks:
            x = block(x)
        return x


class Stack(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        cells = []
        for _ in range(depth):
            cell = nn.GRUCell(width, width)
            nn.init.orthogonal_(cell.weight_hh)
            cells.append(cell)
        self.cells = nn.ModuleList(cells)

    def forward(self, x: torch.Tensor):
        for cell in self.cells:
            x = cell(x)
        return x


class Heads(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.heads = nn.ModuleDict({"mean": nn.Linear(width, 1), "scale": nn.Linear(width, 1)})

    def forward(self, x: torch.Tensor):
        return self.heads["mean"](x), self.heads["scale"](x).exp()
