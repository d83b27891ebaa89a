"""NCCL needs a GPU in every process; gloo starts anywhere. How far torch gets: a scenario has no network to go on."""

import os
from typing import Any

import torch
from torch.distributed import distributed_c10d

from devlint.scenario import Load, World, case, device_of

ABSENT = {
    "cpu": "RuntimeError: Distributed package doesn't have NCCL built in",
    "driverless": "ValueError: ProcessGroupNCCL is only supported with GPUs, no GPUs found!",
}
STARTED = {"cpu driverless": "gloo", "*": "nccl"}


class Started(Exception):
    """Torch starts this backend."""


class Gloo:
    def __init__(self, *_: object, **__: object) -> None:
        raise Started("gloo")


class NCCL(Gloo):
    class Options:
        """What torch fills in."""

    def __init__(self, *_: object, **__: object) -> None:
        raise Started("nccl")


def started(function: Any, *arguments: object) -> str:
    """The backend that a function starts, called with where the only process meets itself."""
    c10d: Any = distributed_c10d
    c10d.ProcessGroupGloo = Gloo
    if torch.cuda.is_available():  # elsewhere torch refuses it
        c10d.ProcessGroupNCCL = NCCL
    try:
        function(f"file://{os.path.abspath('meeting')}", *arguments)
    except Started as backend:
        return str(backend)
    return "nothing"


@case(at="dist.init_process_group(backend=", bad=ABSENT, fixed=STARTED)
def start(load: Load, world: World) -> object:
    os.environ["RANK"] = "0"
    return started(load().start, 0, 1)


@case(at="options.get(", bad=ABSENT, fixed=STARTED)
def configured(load: Load, world: World) -> object:
    return started(load().configured)


@case(
    at="dist.init_process_group(  #",
    bad={"cuda-cpu-requested": "nccl", **ABSENT},
    fixed={"cpu driverless cuda-cpu-requested": "gloo", "*": "nccl"},
    missed="cuda-cpu-requested",  # there is a GPU, and the rule asks for no more
)
def train(load: Load, world: World) -> object:
    return started(load().train, 0, 1, device_of(world))


@case(at="dist.init_process_group(backend, init_method=", bad=ABSENT, fixed=STARTED)
def portable(load: Load, world: World) -> object:
    return started(load().portable, 0, 1)
