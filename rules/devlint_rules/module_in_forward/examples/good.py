"""Modules that are made once, or have nothing to learn."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.late = None

    def forward(self, x: torch.Tensor, target: torch.Tensor):
        # kept for the next call
        if self.late is None:
            self.late = nn.Linear(x.shape[-1], x.shape[-1])
        # nothing to learn, and nothing on any device
        x = nn.ReLU()(self.project(x))
        x = nn.Sequential(nn.Dropout(0.1), nn.Softmax(-1))(x)
        return nn.MSELoss()(x, target)


# moved to where its input is
class Moved(nn.Module):
    def forward(self, x: torch.Tensor):
        return nn.Linear(x.shape[-1], 1).to(x.device)(x)


# made where its input is
class Placed(nn.Module):
    def forward(self, x: torch.Tensor):
        return nn.Linear(x.shape[-1], 1, device=x.device)(x)


# whatever is made here is on the device
class Scoped(nn.Module):
    def forward(self, x: torch.Tensor):
        with torch.device(x.device):
            layer = nn.Linear(x.shape[-1], 1)
        return layer(x)


# a function that is called once, to make a model
def build(width, example):
    return nn.Linear(width, 1)(example)
