"""Batches and copies that meet what was moved."""

import torch
import torch.nn.functional as F
import torchaudio
from torch import nn
from torch.utils.data import DataLoader

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(photos):
    model = nn.Linear(10, 2).to(device)
    for images, labels in DataLoader(photos):
        F.cross_entropy(model(images.to(device)), labels).backward()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


def describe(path):
    model = nn.LSTM(80, 40)
    model.to(device)
    wave, rate = torchaudio.load(path)
    return model(wave), rate  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(80, 40, batch_first=True)

    def forward(self, mel, lengths: torch.Tensor):
        packed = nn.utils.rnn.pack_padded_sequence(mel, lengths, batch_first=True)  # expect: cuda, cuda-requested, cuda-x2
        return self.layer(packed)


def fit(photos):
    model = Classifier().to(device)
    for images in DataLoader(photos):
        model(images).mean().backward()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(10, 2)

    def forward(self, images):
        return self.layer(images.flatten(1))
