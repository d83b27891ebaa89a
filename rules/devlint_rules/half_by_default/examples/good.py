"""Half precision that somebody asked for, or that has the hardware for it."""

import argparse
import os
from dataclasses import dataclass

import torch
from speech import Recognizer
from torch import nn

# the machine has a say
is_half = eval(os.environ.get("is_half", "True")) and torch.cuda.is_available()
device = "cuda" if torch.cuda.is_available() else "cpu"

# taken back where the device is known
wants_half = os.environ.get("wants_half", "true").lower() in ("1", "true")
if device == "cpu":
    wants_half = False

# off unless somebody asks for it
low_fp16 = os.environ.get("LOW_FP16", "0") == "1"

# as wide as the machine likes it
dtype = torch.float16 if torch.cuda.is_available() else torch.float32

# nobody says what this is
parser = argparse.ArgumentParser()
parser.add_argument("--fp16", action="store_true")
options = parser.parse_args()


def by_machine(model: nn.Module):
    return model.half().to(device) if is_half else model.to(device)


def by_repair(model: nn.Module):
    if wants_half:
        model = model.half()
    return model.to(device)


def by_request(model: nn.Module):
    if low_fp16 or options.fp16:
        model = model.half()
    return model.to(device, dtype)


def asked_for(samples):
    # an option that was given
    precision = torch.float16 if options.fp16 else torch.float32
    return torch.from_numpy(samples).to(device, precision)


class Guarded:
    """A default that every use asks the device about."""

    def __init__(self, device: torch.device, half=True):
        self.device = device
        self.is_half = half

    def __call__(self, wave: torch.Tensor):
        if self.is_half and str(self.device) != "cpu":
            wave = wave.half()
        return wave.to(self.device)


def saved(model: nn.Module, path, half=True):
    # only written
    if half:
        torch.save(model.half(), path)


def told(model: nn.Module, fp16=True):
    # every call says which
    return model.half() if fp16 else model


def main():
    return told(nn.Linear(2, 2), fp16=torch.cuda.is_available())


def wide(mel: torch.Tensor, half=True):
    # rounds the numbers, and is wide again
    return mel.half().float() if half else mel


def on_gpu(name):
    # the device is the accelerator
    if torch.cuda.is_available():
        return Recognizer(name, device="cuda", compute_type="float16")
    return Recognizer(name, device="cpu", compute_type="int8")


def storage(device):
    # torch only holds the numbers
    return torch.zeros(3, dtype=torch.float16, device=device)


def known(name, device):
    # another precision where the device is the CPU
    return Recognizer(name, device=device, compute_type="float16" if device == "cuda" else "int8")


def narrower(config):
    # stands in for another half precision that somebody asked for
    dtype = config.dtype if config.dtype != torch.bfloat16 else torch.float16
    return nn.Linear(2, 2).to("cpu", dtype=dtype)


@dataclass
class Options:
    # the device is asked for where it is read
    use_half: bool = True


class Decoder:
    def __init__(self, options, device):
        self.options = options
        self.device = device

    def __call__(self, mel):
        return mel.half() if self.options.use_half and self.device.type != "cpu" else mel


class Adapter(nn.Module):
    def __init__(self, device, dtype=None):
        super().__init__()
        # who makes one says what it is
        self.dtype = dtype or torch.float16
        self.net = nn.Linear(2, 2).to(device, self.dtype)


def adapted(device):
    return Adapter(device, dtype=torch.float16 if torch.cuda.is_available() else torch.float32)
