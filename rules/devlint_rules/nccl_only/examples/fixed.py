"""Training in several processes."""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


def start(url, rank, processes):
    if processes > 1 or "RANK" in os.environ:
        dist.init_process_group(backend="nccl" if torch.cuda.is_available() else "gloo", init_method=url, rank=rank, world_size=processes)
    return dist.is_initialized()


def configured(url, **options):
    dist.init_process_group(options.get("backend", "nccl" if torch.cuda.is_available() else "gloo"), url, rank=0, world_size=1)
    return options


def train(url, rank, processes, device):
    dist.init_process_group(
        "nccl" if str(device).startswith("cuda") else "gloo",
        init_method=url,
        rank=rank,
        world_size=processes,
    )
    model = DistributedDataParallel(nn.Linear(2, 2).to(device))
    model(torch.ones(1, 2, device=device)).sum().backward()
    return model


def portable(url, rank, processes):
    backend = "nccl" if os.name == "posix" else "gloo"
    dist.init_process_group(backend, init_method=url, rank=rank, world_size=processes)
    return backend
