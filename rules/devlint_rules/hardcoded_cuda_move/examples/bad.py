"""A recurrent vocoder with a training script."""

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(80, 256)

    def forward(self, mel):
        hidden = torch.zeros(mel.size(0), 256).cuda()  # expect: cpu, driverless
        return self.cell(mel, hidden)

    def mask(self, mel):
        return torch.ones(mel.size(1), device="cuda:0")  # expect: cpu, driverless


def train(loader, device):
    model = Vocoder().to(device)
    loss = nn.MSELoss()
    for mel, target in loader:
        mel = mel.cuda(non_blocking=True)  # expect: cpu, driverless
        target = target.to("cuda", non_blocking=True)  # expect: cpu, driverless
        loss(model(mel), target).backward()


class Synthesizer:
    def __init__(self):
        self.device = "cuda"  # expect: cpu, driverless
        self.model = Vocoder().to(self.device)

    def run(self, mel):
        return self.model(mel.to(self.device))


def demo(path):
    device = torch.device("cuda")  # expect: cpu, driverless
    model = Vocoder()
    model.to(device)
    return model(torch.zeros(1, 80, device=device))


def start(number):
    return torch.zeros(1, 80).cuda(number)  # expect: cpu, driverless


def first(model: nn.Module):
    return model.to(0)  # expect: cpu, driverless


def silence():
    first = torch.device("cuda", 0)  # expect: cpu, driverless
    return torch.zeros(1, 80, device=first)


class Denoiser(nn.Module):
    def forward(self, audio):
        return audio.float().cuda()  # expect: cpu, driverless


def gated(audio, mel):
    gate = torch.sigmoid(mel)
    return audio.cuda() * gate  # expect: cpu, driverless


class Mixer:
    def __init__(self, device=None):
        if device is None:  # asks only for those who say nothing
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device)


mixer = Mixer(device="cuda")  # expect: cpu, driverless
