"""Tensors that reach numpy, scipy and plots from where the model is."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torchaudio
from scipy.signal import find_peaks
from sklearn.metrics import f1_score
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(80, 1)

    def forward(self, mel):
        return self.out(mel).squeeze(-1)


@torch.no_grad()
def loudness(mel):
    vocoder = Vocoder().to(device)
    audio = vocoder(mel.to(device)).detach()
    peak = np.abs(audio.detach().cpu()).max()
    find_peaks((audio + 1).detach().cpu())
    plt.plot(audio.detach().cpu())
    return peak


def train(model, loader, optimizer, device):
    model.to(device)
    losses = []
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x.to(device)), y.to(device))
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if np.isfinite(norm.cpu()):
            optimizer.step()
        losses.append(loss.detach())
    return np.mean([item.detach().cpu() for item in losses])


@torch.no_grad()
def evaluate(model, x, y, device):
    predicted = model(x.to(device)).argmax(1)
    if isinstance(predicted, torch.Tensor):
        predicted = predicted.detach().cpu()
    return f1_score(y, predicted)


def save(path, mel):
    audio = torch.cumsum(mel.to(device), -1)
    torchaudio.save(path, audio.cpu(), 24_000)


class Speech:
    def __init__(self, engine):
        self.engine = engine

    def speak(self, text, path):
        audio = self.engine.infer(text)
        audio = self.fade_out(audio)
        if audio is not None:
            track = self.as_track(audio)
            torchaudio.save(path, track.unsqueeze(0).cpu(), 24_000)

    def as_track(self, audio):
        if isinstance(audio, torch.Tensor):
            return audio
        return torch.tensor(audio)

    def fade_out(self, audio):
        if isinstance(audio, torch.Tensor):
            audio = audio.detach().cpu()
        loud = np.flatnonzero(audio)
        return audio[: loud[-1]]
