"""Speech in the browser; started as a process of its own, with its own defaults."""

import os

import torch

from model import Encoder

is_half = eval(os.environ.get("is_half", "True"))  # expect: DEV302 cpu

if torch.cuda.is_available():
    device = "cuda"
elif torch.backends.mps.is_available():
    device = "mps"
else:
    device = "cpu"

encoder = Encoder()
if is_half == True:
    encoder = encoder.half().to(device)  # same-cause: DEV302
else:
    encoder = encoder.to(device)


def speak(samples):
    wave = torch.from_numpy(samples)
    if is_half == True:
        wave = wave.half().to(device)  # same-cause: DEV302
    else:
        wave = wave.to(device)
    return encoder(wave.unsqueeze(0))
