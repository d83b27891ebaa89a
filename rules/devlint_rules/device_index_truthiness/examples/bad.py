"""Indices of devices, tested as if they were flags."""

import argparse
from typing import Optional

import torch


def by_default(gpu_id=None):
    if gpu_id:  # expect: cuda-requested
        return torch.device(f"cuda:{gpu_id}")
    return torch.device("cpu")


def annotated(model, gpu: Optional[int] = None):
    return model.cuda(gpu) if gpu else model  # expect: cuda-requested


def negated(model, device_id: "int | None" = None):
    if not device_id:  # expect: cuda-requested
        return model.cpu()
    else:
        return model.to(device_id)


def batches(iterator, translator):
    device = translator.device
    return iterator, device.index or -1  # expect: cuda-requested


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gpu", type=int)
    args = parser.parse_args()
    model = torch.nn.Linear(2, 2)
    if args.gpu:  # expect: cuda-requested
        model = torch.nn.DataParallel(model, device_ids=[args.gpu])
    return model
