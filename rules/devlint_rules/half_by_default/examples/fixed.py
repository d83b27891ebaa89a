"""Speech features, in half precision unless the environment says otherwise."""

import os
from dataclasses import dataclass

import torch
from speech import Recognizer, Tracker
from torch import nn

is_half = eval(os.environ.get("is_half", "True")) and torch.cuda.is_available()
use_fp16 = torch.cuda.is_available()
precision = torch.float16 if torch.cuda.is_available() else torch.float32

device = "cuda" if torch.cuda.is_available() else "cpu"
encoder = nn.Linear(80, 256)
if is_half == True:  # noqa: E712
    encoder = encoder.half()
encoder = encoder.to(device)


def features(samples):
    wave = torch.from_numpy(samples).to(device)
    if is_half:
        wave = wave.half()
    return encoder(wave)


def weights(samples):
    wave = torch.from_numpy(samples).to(device)
    return torch.softmax(wave.half() if use_fp16 else wave, -1)


def mel(samples):
    return torch.from_numpy(samples).to(device, precision)


class Vocoder:
    def __init__(self, path, half=True):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.half = half
        self.model = torch.jit.load(path, map_location=self.device)

    def __call__(self, mel):
        mel = mel.to(self.device)
        if self.half:
            mel = mel.half()
        return self.model(mel)


def transcriber(name):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Recognizer(name, device=device, compute_type="float16" if str(device) != "cpu" else "float32")


def pitch(options):
    return Tracker("rmvpe.pt", dtype=torch.float16, device=options["device"])


@dataclass
class Options:
    language: str = "en"
    fp16: bool = torch.cuda.is_available()


class Decoder:
    def __init__(self, options):
        self.options = options

    def __call__(self, samples):
        wave = torch.from_numpy(samples).to(device)
        if self.options.fp16:
            wave = wave.half()
        return torch.softmax(wave, -1)


def preprocess(name):
    return Recognizer(name, device=device, compute_type="half" if str(device) != "cpu" else "float32")
