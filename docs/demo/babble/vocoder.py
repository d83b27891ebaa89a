"""The network that turns spectrograms into sound."""

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self, bands=80, width=256):
        super().__init__()
        self.width = width
        self.memory = nn.GRU(bands, width, batch_first=True)
        self.out = nn.Linear(width, 1)

    def forward(self, mel):
        hidden = torch.zeros(1, mel.size(0), self.width, dtype=mel.dtype).cuda()
        features, _ = self.memory(mel, hidden)
        return self.out(features).squeeze(-1)

    @torch.inference_mode()
    def say(self, mel):
        """Sound as an array of samples between -1 and 1."""
        audio = self(mel.to(self.out.weight.dtype))
        audio = audio / audio.abs().max()
        return audio.numpy()
