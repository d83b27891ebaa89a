"""Modules that their module finds."""

import torch
from torch import nn


class Registered(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        # in a container that registers them
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.heads = nn.ModuleDict({"mean": nn.Linear(width, 1)})

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return self.heads["mean"](x)


# the list is another way to attributes, which are registered
class Aliased(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(width, width)
        self.second = second = nn.Linear(width, width)
        self.layers = [self.first, second]

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x


# a sequence of the same modules registers them
class Sequenced(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = [nn.Linear(width, width) for _ in range(depth)]
        self.body = nn.Sequential(*self.layers)

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x


# each is registered under a name of its own
class Named(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = []
        for number in range(depth):
            layer = nn.Linear(width, width)
            self.add_module(f"layer{number}", layer)
            self.layers.append(layer)

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x


# hidden on purpose: a single one, which is not to be trained or saved
class Hidden(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.teacher = [nn.Linear(width, width)]

    def forward(self, x: torch.Tensor):
        return self.teacher[0](x)


# moved one by one
class Moved(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = [nn.Linear(width, width) for _ in range(depth)]

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            layer.to(x.device)
            x = layer(x)
        return x


# says itself what moves with it
class Own(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = [nn.Linear(width, width) for _ in range(depth)]

    def to(self, *args, **kwargs):
        for layer in self.layers:
            layer.to(*args, **kwargs)
        return super().to(*args, **kwargs)

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x


# nothing in it has weights
class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = [nn.ReLU(), nn.Tanh(), torch.sin]

    def forward(self, x: torch.Tensor):
        for step in self.steps:
            x = step(x)
        return x


# no module: whoever uses it moves what is in it
class Ensemble:
    def __init__(self, width, size):
        self.members = [nn.Linear(width, 1) for _ in range(size)]

    def to(self, device):
        self.members = [member.to(device) for member in self.members]

    def predict(self, x: torch.Tensor):
        return [member(x) for member in self.members]
