"""Memory that is pinned where it helps, or by somebody who may."""

import torch
from torch.utils.data import DataLoader, Dataset


def guarded(x: torch.Tensor, device):
    if torch.cuda.is_available():
        x = x.pin_memory()
    if device.type == "cuda":
        x = x.pin_memory().to(device, non_blocking=True)
    return x


def measured(size):
    # where there is a GPU to copy it to
    return torch.empty(size, pin_memory=torch.cuda.is_available())


def loader(dataset: Dataset):
    # a data loader warns and goes on
    return DataLoader(dataset, pin_memory=True)


def asked(x: torch.Tensor, pin_memory=False):
    # an option of the caller
    if pin_memory:
        x = x.pin_memory()
    return x, torch.zeros(2, pin_memory=pin_memory)


def handled(size):
    try:
        return torch.empty(size).pin_memory()
    except RuntimeError:
        return torch.empty(size)


class Batch:
    def __init__(self, tokens):
        self.tokens = torch.tensor(tokens)

    def pin_memory(self):
        # a data loader calls this where there is an accelerator
        self.tokens = self.tokens.pin_memory()
        return self


def other(batch):
    # an object that has such a method
    return batch.pin_memory()
