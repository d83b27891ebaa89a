"""Comparisons that mean what they say."""

import argparse

import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.out = nn.Linear(80, 1)

    def forward(self, mel):
        # the type of a device is text
        if mel.device.type == "cuda":
            torch.cuda.empty_cache()
        # so is what `str` makes of it
        if str(mel.device).startswith("cuda") or "mps" in str(mel.device):
            mel = mel.contiguous()
        # the same index on both sides
        if mel.device == self.out.weight.device:
            return self.out(mel)
        # only the CPU has no index
        if mel.device == torch.device("cpu"):
            return mel
        return mel

    def same(self):
        # made without an index, compared with one made without an index
        return self.device == torch.device("cuda")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    # an option is text
    if args.device == "cuda":
        torch.backends.cudnn.benchmark = True


def prefix(device: str):
    # the whole family, with and without index
    if device.startswith("cuda") and not torch.cuda.is_available():
        device = "cpu"
    return device


def constant():
    device = "cuda"
    # no index can get here
    if device == "cuda" and not torch.cuda.is_available():
        device = "cpu"
    return device


def mode(prefetch_mode):
    # a mode of this name, no device
    return prefetch_mode == "cuda"


def transcribe(engine):
    # a model of another library may say it in text
    return engine.model.device == "cuda"
