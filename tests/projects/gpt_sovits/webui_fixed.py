"""The same, with half precision for CUDA alone."""

import os

import torch

from model import Encoder

is_half = eval(os.environ.get("is_half", "True")) and torch.cuda.is_available()

if torch.cuda.is_available():
    device = "cuda"
elif torch.backends.mps.is_available():
    device = "mps"
else:
    device = "cpu"

encoder = Encoder()
if is_half == True:
    encoder = encoder.half().to(device)
else:
    encoder = encoder.to(device)


def speak(samples):
    wave = torch.from_numpy(samples)
    if is_half == True:
        wave = wave.half().to(device)
    else:
        wave = wave.to(device)
    return encoder(wave.unsqueeze(0))
