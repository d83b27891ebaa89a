"""Code from before `torch.device`."""

import torch
from torch import nn


def mask(lengths):
    ids = torch.cuda.LongTensor(list(range(int(lengths.max()))))  # expect: cpu, driverless
    return ids < lengths.unsqueeze(1)


def noise(size, device):
    return torch.cuda.FloatTensor(size, 2).normal_(), device  # expect: cpu, driverless


class Scale(nn.Module):
    def forward(self, x):
        return x.type(torch.cuda.HalfTensor)  # expect: cpu, driverless


def named(x):
    return x.type("torch.cuda.DoubleTensor")  # expect: cpu, driverless


def prepare():
    torch.set_default_tensor_type(torch.cuda.FloatTensor)  # expect: cpu, driverless
    return torch.zeros(2)
