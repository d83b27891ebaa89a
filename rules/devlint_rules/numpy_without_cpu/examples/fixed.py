"""Inference that hands its results to numpy."""

import numpy as np
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(80, 1)

    def forward(self, mel):
        return self.out(mel).squeeze(-1)

    @torch.no_grad()
    def peaks(self, mel):
        audio = self(mel)
        return np.max(audio.cpu().numpy())


@torch.no_grad()
def synthesize(path):
    model = Vocoder().to(device).eval()
    mel = torch.from_numpy(np.load(path)).to(device)
    audio = model(mel).cpu().numpy()
    return np.clip(audio, -1, 1)


@torch.no_grad()
def synthesize_all(model, loader, device):
    model.to(device)
    chunks = []
    for mel in loader:
        audio = (
            model(mel.to(device))
            .squeeze(0)
            .detach()  # hangs on the network
            .cpu().numpy()
        )
        chunks.append(audio)
    return np.concatenate(chunks)


def gains(db):
    gain = torch.linspace(-db, db, 9, device=device)
    return (10 ** (gain / 20)).cpu().numpy()
