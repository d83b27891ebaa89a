"""Tables that are where they are looked up."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Noise(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.levels = torch.linspace(0.01, 1, steps)
        self.register_buffer("weights", torch.ones(steps))

    def forward(self, x, step: torch.Tensor, number: int):
        # moved before it is indexed
        level = self.levels.to(x.device)[step.long()]
        # a number, a slice, a list: no index on a device
        first = self.levels[number].to(x.device) + self.levels[:3].to(x.device)[0] + self.levels[[0, 1]].to(x.device)[0]
        # an index that was copied to where the table is
        other = self.levels[step.long().cpu()].to(x.device)
        # a buffer is where the index is
        weight = self.weights[step.long()].to(x.device)
        return x * (level + first + other + weight).view(-1, 1)


class Scheduler:
    def __init__(self, steps):
        self.sigmas = torch.exp(torch.linspace(0, 1, steps))
        self.steps = None

    def set_steps(self, steps, device=None):
        self.steps = torch.arange(steps).to(device)

    def noise(self, sample: torch.FloatTensor, step: torch.Tensor):
        # nobody knows whether the step is 0-dim, which torch reads as a number
        sigma = self.sigmas[step].to(sample.device)
        # nobody knows where the steps are
        steps = torch.arange(sample.shape[0], device=sample.device)
        return sample * sigma * self.steps[steps].to(sample.device).view(-1, 1)


def batches(samples, size):
    order = torch.randperm(len(samples))
    data = torch.from_numpy(samples)
    for chunk in order.split(size):
        # both are on the CPU
        yield data[chunk].to(device, non_blocking=True)


def gathered(samples, wanted: torch.Tensor):
    data = torch.from_numpy(samples).to(device)
    # both are on the device
    return data[wanted.to(device)].to(device)


def cast(samples, size):
    order = torch.arange(size)
    # a conversion, and no move
    return torch.from_numpy(samples)[order].to(torch.float32)
