"""A server that takes both options from the configuration."""

import torch

from config import infer_device, is_half
from model import Encoder

encoder = Encoder()
if is_half:
    encoder = encoder.half()  # same-cause: DEV302
encoder = encoder.to(infer_device)


def speak(samples):
    return encoder(torch.from_numpy(samples).to(infer_device))
