"""Optimizers that are made too early."""

import torch
from torch import nn, optim

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(batches, width):
    model = nn.Linear(width, 1)
    model.to(device)
    optimizer = optim.Adagrad(model.parameters(), lr=0.01)
    model.to(device)
    for batch in batches:
        optimizer.zero_grad()
        model(batch.to(device)).sum().backward()
        optimizer.step()
    return next(model.parameters()).device


class Trainer:
    def __init__(self, model, use_cuda=False):
        self.model = model
        self.optimizer = optim.Adagrad([{"params": model.parameters()}])
        if use_cuda:
            model.cuda()

    def step(self, batch):
        self.model(batch.to(next(self.model.parameters()).device)).sum().backward()
        self.optimizer.step()
        return next(self.model.parameters()).device
