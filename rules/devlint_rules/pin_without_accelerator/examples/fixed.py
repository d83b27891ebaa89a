"""Batches for a language model."""

import torch


def inputs(tokens, size, device):
    x = torch.stack([torch.tensor(tokens[i : i + size]) for i in range(2)])
    return (x.pin_memory() if torch.cuda.is_available() else x).to(device, non_blocking=True)


def targets(tokens, size, device):
    y = torch.stack([torch.tensor(tokens[i + 1 : i + 1 + size]) for i in range(2)])
    if torch.cuda.is_available():
        y = y.pin_memory()
    return y.to(device, non_blocking=True)


class Staging:
    def __init__(self, size):
        self.buffer = torch.empty(size, dtype=torch.uint8, pin_memory=torch.cuda.is_available())

    def grow(self, size):
        self.buffer = torch.empty(size, dtype=torch.uint8).pin_memory()
        return self.buffer
