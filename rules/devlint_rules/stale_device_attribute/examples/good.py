"""Devices that move with their module, or modules that stay where they are."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


# asked anew each time
class Asking(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)

    @property
    def device(self):
        return self.project.weight.device

    def forward(self, x: torch.Tensor):
        return self.project(x) + torch.arange(x.shape[-1], device=self.device)


# says itself where it lives, and moves there
class Placed(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.device = device
        self.project = nn.Linear(width, width)
        self.to(device)

    def forward(self, x: torch.Tensor):
        return self.project(x) + torch.arange(x.shape[-1], device=self.device)


# the attribute moves with it
class Following(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.device = device
        self.project = nn.Linear(width, width)

    def to(self, device):
        self.device = device
        return super().to(device)

    def forward(self, x: torch.Tensor):
        return self.project(x) + torch.arange(x.shape[-1], device=self.device)


# somebody else sets it
class Told(nn.Module):
    def __init__(self, width, device=None):
        super().__init__()
        self.current_device = device
        self.project = nn.Linear(width, width)

    def forward(self, x: torch.Tensor):
        return self.project(x) + torch.arange(x.shape[-1], device=self.current_device)


def build(width):
    model = Told(width).to(device)
    model.current_device = device
    return model


# nothing is made there
class Describing(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.made_on_device = device

    def forward(self, x: torch.Tensor):
        return x + torch.arange(x.shape[-1], device=x.device)


# no module: nobody moves it
class Sampler:
    def __init__(self, device):
        self.device = device

    def sample(self, size):
        return torch.randn(size, device=self.device)
