"""Speaks in half precision unless it is told otherwise, on whatever device there is."""

import os

import torch
from torch import nn

is_half = os.environ.get("IS_HALF", "True") == "True"

if torch.cuda.is_available():
    device = "cuda"
elif torch.backends.mps.is_available():
    device = "mps"
else:
    device = "cpu"


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Conv1d(1, 8, 10, 5)

    def forward(self, wave):
        return self.project(wave)


encoder = Encoder().half().to(device) if is_half else Encoder().to(device)
wave = torch.ones(1, 1, 100)
wave = wave.half().to(device) if is_half else wave.to(device)
spoken = encoder(wave)
print(spoken.device, spoken.dtype)
