"""Loads a detector on the CPU; whoever runs it moves it."""

import torch


def attempt_load(path):
    checkpoint = torch.load(path, map_location="cpu")
    return checkpoint["model"].float().eval()
