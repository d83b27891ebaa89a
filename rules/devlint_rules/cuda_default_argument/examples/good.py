"""Defaults that nobody meets where they fail."""

import torch
from torch import nn


def given(x, device="cuda"):
    return x.to(device)


def everybody(x, device):
    # whoever calls it says where
    return given(x, device), given(x, device=device)


def hidden(x, **options):
    # it may be behind the star
    return given(x, **options)


def unused(x, device="cuda"):
    # nobody calls it
    return x.to(device)


class Engine:
    def __init__(self, device="cuda"):
        # it asks what its device is worth here
        self.device = device if torch.cuda.is_available() else "cpu"


def started():
    return Engine()


def moved(model: nn.Module, device="cuda"):
    return model.to(device)


def guarded(model: nn.Module):
    if torch.cuda.is_available():
        moved(model)
    return model


def asked(model: nn.Module, use_cuda=False):
    # an option of the user
    return moved(model) if use_cuda else model


def named(kind="cuda"):
    # a name that is only shown
    print(kind)


def shown():
    named()


def selected(x, device=None):
    return x.to(device or torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def demonstrated(x, device="cuda"):
    return x.to(device)


if __name__ == "__main__":
    # a demonstration, for who has what it needs
    print(demonstrated(torch.ones(2)))
