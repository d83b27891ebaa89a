"""Optimizers that are made where the weights are."""

import torch
from torch import nn, optim

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def moved_first(width):
    model = nn.Linear(width, 1)
    model.to(device)
    optimizer = optim.Adagrad(model.parameters())
    # moved already
    model.to(device)
    return model, optimizer


def lazy(width):
    model = nn.Linear(width, 1)
    # keeps nothing before the first step, and weights stay the same objects when they are moved
    optimizer = optim.Adam(model.parameters())
    model.to(device)
    return model, optimizer


def made_anew(width):
    model = nn.Linear(width, 1)
    optimizer = optim.Adagrad(model.parameters())
    model.to(device)
    # this is the one that is used
    optimizer = optim.Adagrad(model.parameters())
    return model, optimizer


def back(width):
    model = nn.Linear(width, 1)
    optimizer = optim.Adagrad(model.parameters())
    # to where it is
    model.to("cpu")
    return model, optimizer


def either(width, resume):
    model = nn.Linear(width, 1)
    optimizer = None
    if resume:
        optimizer = optim.Adagrad(model.parameters())
    else:
        # on the other side
        model.to(device)
    return model, optimizer
