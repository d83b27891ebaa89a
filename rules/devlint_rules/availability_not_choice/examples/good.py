"""Devices by availability that are right."""

import torch
from torch import nn

# the choice itself
device = "cuda" if torch.cuda.is_available() else "cpu"
net = nn.Linear(8, 8).to(device)


# the choice, where nobody made one
def build(device=None):
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return nn.Linear(8, 8).to(device)


# nothing else is chosen here
def warm(model):
    if torch.cuda.is_available():
        model = model.cuda()
    return model


# the choice is asked for too
def encode(tokens, device):
    if torch.cuda.is_available() and device != "cpu":
        tokens = tokens.cuda()
    return tokens


# the number of what is written down
def supervise(model, count, number):
    second_device = count // 2 + number
    if torch.cuda.is_available():
        model = model.to(f"cuda:{second_device}")
    return model


# words of its author's
class Trial:
    def named(self, device):
        return "cuda" if device == "gpu" else "cpu"

    def run(self, model):
        device = "gpu" if torch.cuda.is_available() else "cpu"
        return model.to(device=self.named(device))


# no placement at all
def seed(number, device):
    torch.manual_seed(number)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(number)
    return torch.zeros(3, device=device)


# without the hardware this fails: another rule says so
def force(tokens, device):
    return tokens.to("cuda"), torch.zeros(3, device=device)


# back to where a tensor came from, and on
def round_trip(x):
    if torch.cuda.is_available():
        x = x.cuda()
    return x
