"""Tables that are looked up by indices on an accelerator, and moved afterwards."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Noise(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.levels = torch.linspace(0.01, 1, steps)

    def forward(self, x, step: torch.Tensor):
        level = self.levels[step.long()].to(x.device)  # expect: cuda, cuda-requested, cuda-x2
        return x * level.view(-1, 1)


class Scheduler:
    def __init__(self, steps):
        self.sigmas = torch.exp(torch.linspace(0, 1, steps))

    def noise(self, sample: torch.FloatTensor, step: int):
        steps = step * torch.ones(sample.shape[0], device=sample.device)
        sigma = self.sigmas[steps.long()].to(sample.device)  # expect: cuda, cuda-requested, cuda-x2
        return sample * sigma.view(-1, 1)


def batches(samples, size):
    order = torch.randperm(len(samples), device=device)
    data = torch.from_numpy(samples)
    for chunk in order.split(size):
        yield data[chunk].to(device, non_blocking=True)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
