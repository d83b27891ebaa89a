"""A model in two parts, on a machine that somebody had."""

import torch
from torch import nn


def split(encoder, decoder):
    if not torch.cuda.is_available():
        return encoder, decoder
    encoder.to("cuda:0")
    decoder.to("cuda:1")  # expect: cuda, cuda-cpu-requested, cuda-requested
    return encoder, decoder


class Judge:
    def __init__(self):
        self.device = "cuda:1" if torch.cuda.is_available() else "cpu"  # expect: cuda, cuda-cpu-requested, cuda-requested
        self.model = nn.Linear(2, 2).to(self.device)


def score(x):
    if torch.cuda.is_available():
        x = x.cuda(1)  # expect: cuda, cuda-cpu-requested, cuda-requested
    return x.sum()


def rank(x, device):
    if torch.cuda.is_available():
        weights = torch.ones(2, device="cuda:1")  # expect: cuda, cuda-cpu-requested, cuda-requested
        return x.to(device) * weights.to(device)
    return x
