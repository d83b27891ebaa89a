"""A classifier that takes whatever accelerator there is."""

import torch
from torch import nn


def kind():
    return (torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")).type


def precision():
    accelerator = torch.accelerator.current_accelerator(check_available=True) if torch.accelerator.is_available() else torch.device("cpu")
    return torch.bfloat16 if accelerator.type in ("cuda", "xpu") else torch.float32


class Classifier:
    def __init__(self, classes):
        device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
        self.model = nn.Linear(4, classes).to(device)
        self.weights = torch.ones(classes, device=device)


def place():
    return torch.device(torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu"))
