"""Accelerators that are asked for before they are used."""

import torch
from torch import nn


def chosen():
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def guarded():
    # asked first
    return torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"


def early():
    if not torch.accelerator.is_available():
        return "cpu"
    return torch.accelerator.current_accelerator().type


def compared():
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if accelerator is None:
        return "cpu"
    return accelerator.type


def tested():
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return f"{accelerator.type}:0" if accelerator else "cpu"


def gathering(backends, count):
    # a group whose backends are not for the CPU is for an accelerator
    device = "cpu" if "cpu" in backends else torch.accelerator.current_accelerator()
    return torch.empty(count, device=device)


def caught():
    try:
        return torch.accelerator.current_accelerator().type
    except AttributeError:
        return "cpu"


def default(classes):
    # None is the default device
    return nn.Linear(4, classes, device=torch.accelerator.current_accelerator(check_available=True))


def shown():
    # printed, not used
    print(torch.accelerator.current_accelerator())
