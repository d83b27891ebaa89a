"""A recurrent vocoder with a training script."""

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(80, 256)

    def forward(self, mel):
        hidden = torch.zeros(mel.size(0), 256).to(mel.device)
        return self.cell(mel, hidden)

    def mask(self, mel):
        return torch.ones(mel.size(1), device="cuda:0" if torch.cuda.is_available() else "cpu")


def train(loader, device):
    model = Vocoder().to(device)
    loss = nn.MSELoss()
    for mel, target in loader:
        mel = mel.to(device, non_blocking=True)
        target = target.to(device, non_blocking=True)
        loss(model(mel), target).backward()


class Synthesizer:
    def __init__(self):
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = Vocoder().to(self.device)

    def run(self, mel):
        return self.model(mel.to(self.device))


def demo(path):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Vocoder()
    model.to(device)
    return model(torch.zeros(1, 80, device=device))


def start(number):
    return torch.zeros(1, 80).to(number if torch.cuda.is_available() else "cpu")


def first(model: nn.Module):
    return model.to(0 if torch.cuda.is_available() else "cpu")


def silence():
    first = torch.device("cuda", 0)
    return torch.zeros(1, 80, device=first)


class Denoiser(nn.Module):
    def forward(self, audio):
        return audio.float().to("cuda" if torch.cuda.is_available() else "cpu")


def gated(audio, mel):
    gate = torch.sigmoid(mel)
    return audio.to(gate.device) * gate


class Mixer:
    def __init__(self, device=None):
        if device is None:  # asks only for those who say nothing
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device)


mixer = Mixer(device="cuda" if torch.cuda.is_available() else "cpu")
