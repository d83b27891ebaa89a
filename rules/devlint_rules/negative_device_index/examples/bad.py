"""A decoder that makes its tensors beside others."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(4, 2)

    def forward(self, x, mask=None):
        if mask is None:
            mask = torch.ones(x.shape[0], device=x.get_device())  # expect: cpu, driverless, cuda-cpu-requested
        start = torch.zeros(x.shape[0], 4)
        start = start.cuda(x.get_device())  # expect: cpu, driverless, cuda-cpu-requested
        return self.out(x + start) * mask[:, None]


def beside(scores: torch.Tensor):
    device = torch.device(scores.get_device())  # expect: cpu, driverless
    return torch.arange(scores.shape[0], device=device)


def like(weights):
    noise = torch.rand(2, 2)
    return noise.to(weights.get_device())  # expect: cpu, driverless


def padded(values: torch.Tensor):
    index = values.get_device()  # expect: cpu, driverless
    return torch.cat([values, torch.zeros(1, device=index)])
