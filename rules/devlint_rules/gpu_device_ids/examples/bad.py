"""Models for several processes."""

import os

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP


def wrapped(rank, device):
    model = nn.Linear(2, 2).to(device)
    return DDP(model, device_ids=[rank], output_device=rank)  # expect: cpu, cuda-cpu-requested, driverless


def launched():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = nn.Linear(2, 2)
    model.to(device)
    if "RANK" in os.environ:  # a launcher started this process
        model = DDP(model, device_ids=[int(os.environ["RANK"])])  # expect: cpu, driverless
    return model
