"""Features of a whole data set; torch comes in below the options."""

import os

is_half = eval(os.environ.get("is_half", "True"))  # expect: DEV302 cpu

import torch

from model import Encoder

if torch.cuda.is_available():
    device = "cuda:0"
else:
    device = "cpu"
encoder = Encoder()
if is_half == True:
    encoder = encoder.half().to(device)  # same-cause: DEV302
else:
    encoder = encoder.to(device)


def features(audio):
    wave = torch.from_numpy(audio)
    if is_half == True:
        wave = wave.half().to(device)  # same-cause: DEV302
    else:
        wave = wave.to(device)
    return encoder(wave).cpu()
