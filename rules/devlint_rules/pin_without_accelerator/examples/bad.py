"""Batches for a language model."""

import torch


def inputs(tokens, size, device):
    x = torch.stack([torch.tensor(tokens[i : i + size]) for i in range(2)])
    return x.pin_memory().to(device, non_blocking=True)  # expect: cpu, driverless


def targets(tokens, size, device):
    y = torch.stack([torch.tensor(tokens[i + 1 : i + 1 + size]) for i in range(2)])
    y = y.pin_memory()  # expect: cpu, driverless
    return y.to(device, non_blocking=True)


class Staging:
    def __init__(self, size):
        self.buffer = torch.empty(size, dtype=torch.uint8, pin_memory=True)  # expect: cpu, driverless

    def grow(self, size):
        self.buffer = torch.empty(size, dtype=torch.uint8).pin_memory()  # expect: cpu, driverless
        return self.buffer
