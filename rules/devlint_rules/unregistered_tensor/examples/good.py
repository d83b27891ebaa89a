"""Tensors of modules that are where their module is, or where they are needed."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.project = nn.Linear(width, width)
        # registered: moves with the module
        self.register_buffer("places", torch.zeros(512, width))
        self.scale = nn.Parameter(torch.ones(width))
        # a CPU scalar mixes with tensors of any device
        self.rate = torch.tensor(0.1)
        # moved where it is used
        self.window = torch.hann_window(400)
        # made where it is needed
        self.shift = torch.zeros(width, device=device)
        # only its shape and its numbers are used
        self.sizes = torch.zeros(3, 4)
        # indexed on the CPU
        self.names = torch.arange(width)

    def forward(self, x: torch.Tensor):
        x = self.project(x) * self.scale * self.rate + self.places[: x.shape[1]]
        return (x * self.window.to(x.device) + self.shift).view(self.sizes.shape), self.names[2].item()


# registered by name, one after the other
class Filters(nn.Module):
    def __init__(self, bands):
        super().__init__()
        self.low = self.high = None
        for name in ("low", "high"):
            self.register_buffer(name, torch.ones(bands))

    def widen(self, bands):
        self.low = torch.ones(bands)

    def forward(self, x: torch.Tensor):
        return x * self.low


# moved by the first call
class Cached(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.table = torch.zeros(512, width)

    def forward(self, x: torch.Tensor):
        if self.table.device != x.device:
            self.table = self.table.to(x.device)
        return x + self.table[: x.shape[1]]


# says itself what moves with it
class Anchored(nn.Module):
    def __init__(self):
        super().__init__()
        self.anchors = torch.ones(3, 2)

    def _apply(self, fn):
        super()._apply(fn)
        self.anchors = fn(self.anchors)
        return self

    def forward(self, boxes: torch.Tensor):
        return boxes * self.anchors


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.ones(3)

    def forward(self, x: torch.Tensor):
        return x * self.factor


def prepare(device):
    model = Scaled().to(device)
    # whoever makes it moves it
    model.factor = model.factor.to(device)
    return model


# used while the module is made, before anybody moves it
class Enveloped(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.grid = torch.linspace(-1, 1, size)
        self.weight = nn.Parameter(torch.ones(size))
        self.register_buffer("kernel", self.envelope().detach() * self.grid * self.weight)

    def envelope(self):
        return torch.exp(-(self.grid**2).detach())

    def forward(self, x: torch.Tensor):
        return x * self.kernel


# both are on the CPU
class Vocabulary(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.order = torch.arange(size)

    def sizes(self):
        return self.order * torch.ones(len(self.order))


# no module: whoever uses it knows where it is
class Mixer:
    def __init__(self):
        self.weights = torch.ones(2)

    def mix(self, tracks: torch.Tensor):
        return tracks.cpu() * self.weights
