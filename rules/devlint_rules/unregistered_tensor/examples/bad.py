"""Constants of a model that are plain attributes."""

import math

import torch
from torch import nn


def positional_encoding(length, width):
    table = torch.zeros(length, width)
    places = torch.arange(length).unsqueeze(1)
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    table[:, 0::2] = torch.sin(places * rates)
    table[:, 1::2] = torch.cos(places * rates)
    return table


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.places = positional_encoding(512, width)  # expect: cuda, cuda-requested, cuda-x2

    def forward(self, x):
        return self.project(x) + self.places[: x.shape[1]]


class Normalised(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.mean: torch.Tensor = torch.tensor([0.5, 0.4, 0.4])  # expect: cuda, cuda-requested, cuda-x2
        self.spread = [torch.tensor([0.2, 0.2, 0.3])]

    def describe(self):
        return f"mean {self.mean.tolist()}"

    def forward(self, images: torch.Tensor):
        return self.net((images - self.mean) / self.spread[0].to(images.device))


class Recurrent(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.step = nn.Linear(width, width)
        self.reset(width)

    def reset(self, width):
        self.start = torch.zeros(1, width)  # expect: cuda, cuda-requested, cuda-x2

    def _cell(self, x, state):
        return torch.tanh(self.step(x) + state)

    def forward(self, steps):
        return self._cell(steps, self.start)


# the modules in the list are another rule's
class Layers(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.embedding = nn.Embedding(8, width)
        self.steps = torch.ones(1, 512, width)  # expect: cuda, cuda-requested, cuda-x2
        self.layers = [nn.TransformerDecoderLayer(width, 2) for _ in range(depth)]

    def forward(self, x: torch.Tensor, memory: torch.Tensor):
        x = self.embedding(x)
        x += self.steps[:, : x.shape[1]]
        x = x.permute(1, 0, 2)
        for number in range(2):
            x = self.layers[number](tgt=x, memory=memory)
        return x
