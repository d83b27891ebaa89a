"""Device selection of a toolkit: options come as keyword arguments or from argparse."""

import argparse

import torch


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    if not torch.cuda.is_available() or kwargs.get("ngpu", 1) == 0:
        device = "cpu"
        kwargs["batch_size"] = 1
    return device


def load(model, **options):
    device = torch.device("cuda")
    if (
        not torch.cuda.is_available()
        or options.get("use_gpu", 1) == 0
    ):
        device = torch.device("cpu")
    return model.to(device)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-cuda", action="store_true", help="train on the CPU")
    args = parser.parse_args()
    device = torch.device("cuda" if not args.no_cuda and torch.cuda.is_available() else "cpu")
    return torch.zeros(1, device=device)
