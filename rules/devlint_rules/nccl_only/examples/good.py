"""Process groups that are started where they can be."""

import argparse
import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def chosen():
    # by what there is
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def asked(device):
    # by where the tensors are
    backend = "gloo"
    if device.type == "cuda":
        backend = "nccl"
    dist.init_process_group(backend)


def left():
    # torch chooses
    dist.init_process_group()


def asserted(rank, world_size):
    assert torch.cuda.is_available(), "this needs a GPU"
    dist.init_process_group("nccl", rank=rank, world_size=world_size)


def parameter(backend="nccl"):
    # whoever calls chooses
    dist.init_process_group(backend)


@dataclass
class Settings:
    backend: str = "nccl"

    def start(self):
        # a field is a setting
        dist.init_process_group(backend=self.backend)


def option():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backend", default="nccl")
    # as the user says
    dist.init_process_group(parser.parse_args().backend)


def handled():
    try:
        dist.init_process_group("nccl")
    except (RuntimeError, ValueError):
        dist.init_process_group("gloo")


def test_reduction():
    # a test runs where its author runs it
    dist.init_process_group("nccl")


def worker(rank, processes):
    dist.init_process_group("nccl", rank=rank, world_size=processes)


def launch():
    # one process for each GPU
    mp.spawn(worker, nprocs=torch.cuda.device_count())


def switched(use_cuda):
    # an option of the user
    if use_cuda and "RANK" in os.environ:
        dist.init_process_group("nccl")
