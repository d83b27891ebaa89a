"""Indices of GPUs beside a module on the CPU, in torch's own group of one process, which sends nothing."""

import os

import torch
import torch.distributed as dist
from torch.testing._internal.distributed.fake_pg import FakeStore

from devlint.scenario import Load, World, case, device_of

REFUSED = (
    "ValueError: DistributedDataParallel device_ids and output_device arguments only work with single-device/"
    "multiple-device GPU modules or CPU modules, but got device_ids [0], output_device"
)


@case(
    at="device_ids=[rank]",
    bad=REFUSED,
    fixed={"cpu driverless cuda-cpu-requested": "(cpu, None)", "cuda-x2": "(cuda:1, [1])", "*": "(cuda:0, [0])"},
)
def wrapped(load: Load, world: World) -> object:
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=1)
    model = load().wrapped(world.ordinal or 0, device_of(world))
    return model(torch.ones(2)).device, model.device_ids


@case(at="device_ids=[int(", bad=REFUSED, fixed={"cpu driverless": "(cpu, None)", "*": "(cuda:0, [0])"})
def launched(load: Load, world: World) -> object:
    os.environ["RANK"] = "0"
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=1)
    model = load().launched()
    return model(torch.ones(2)).device, model.device_ids
