"""Feature extraction in half precision."""

import torch
from torch import nn


class Extractor:
    def __init__(self, path, device):
        self.device = device
        self.model = nn.Conv1d(1, 512, 10, 5)
        self.model.load_state_dict(torch.load(path, map_location="cpu"))
        self.model = self.model.to(device)
        self.model = self.model.half() if str(self.device) != "cpu" else self.model

    def __call__(self, samples):
        wave = torch.from_numpy(samples).to(self.device)
        wave = wave.half() if str(self.device) != "cpu" else wave
        return self.model(wave)


def features(samples):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = nn.Linear(80, 256).to(device)
    if str(device) != "cpu":
        model.half()
    # inputs have to agree with the weights
    mel = torch.from_numpy(samples).to(device, torch.float16 if str(device) != "cpu" else torch.float32)
    return model(mel)


class Encoder:
    def __init__(self, device, is_half):
        self.device = device
        self.is_half = is_half
        self.model = nn.Linear(80, 256).to(device)
        if self.is_half and str(self.device) != "cpu":
            self.model = self.model.half()

    def __call__(self, samples):
        mel = torch.from_numpy(samples).to(self.device)
        if self.is_half:
            mel = mel.half() if str(self.device) != "cpu" else mel
        return self.model(mel)
