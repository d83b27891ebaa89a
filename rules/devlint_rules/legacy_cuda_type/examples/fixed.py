"""Code from before `torch.device`."""

import torch
from torch import nn


def mask(lengths):
    ids = (torch.cuda if torch.cuda.is_available() else torch).LongTensor(list(range(int(lengths.max()))))
    return ids < lengths.unsqueeze(1)


def noise(size, device):
    return torch.FloatTensor(size, 2).to(device).normal_(), device


class Scale(nn.Module):
    def forward(self, x):
        return x.type(torch.cuda.HalfTensor if torch.cuda.is_available() else torch.HalfTensor)


def named(x):
    return x.type("torch.cuda.DoubleTensor" if torch.cuda.is_available() else "torch.DoubleTensor")


def prepare():
    torch.set_default_tensor_type(torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor)
    return torch.zeros(2)
