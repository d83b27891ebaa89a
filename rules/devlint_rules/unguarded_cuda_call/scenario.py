"""Calls that ask for a CUDA device raise where there is none, and not all of them the same."""

import os
from typing import Any

import torch

from devlint.scenario import Load, World, case, device_of

MISSING = {
    "cpu": "AssertionError: Torch not compiled with CUDA enabled",
    "driverless": "RuntimeError: Found no NVIDIA driver on your system",
}


def _imported(load: Load) -> Any:
    """The example where it does not ask for a name."""
    os.environ["BENCHMARK_NAME"] = "this machine"
    return load()


def _double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


@case(at="torch.cuda.get_device_name(0)", bad=MISSING, fixed={"cpu driverless": "no GPU", "*": "devlint played GPU"})
def name(load: Load, world: World) -> object:
    return load().NAME


@case(at="    torch.cuda.synchronize()", bad=MISSING, fixed={"cuda cuda-requested cuda-x2": "[waited]", "*": "[]"})
def timed(load: Load, world: World) -> object:
    waited: list[str] = []
    synchronize = torch.cuda.synchronize

    def noted(device: object = None) -> None:
        synchronize()
        waited.append("waited")

    torch.cuda.synchronize = noted
    _imported(load).timed(_double, torch.ones(1, device=device_of(world)), device_of(world))
    return waited if world.device == "cuda" else []  # on the CPU of a GPU machine it is no matter


@case(at="Event(enable_timing=True)", bad="RuntimeError: Tried to instantiate dummy base class Event", fixed="an event")
def events(load: Load, world: World) -> object:
    return "an event" if _imported(load).events(_double, torch.ones(1)) else None


@case(at="gpu.synchronize()", bad=MISSING, fixed="a time")
def finish(load: Load, world: World) -> object:
    return "a time" if _imported(load).finish(0) > 0 else None


@case(
    at="torch.cuda.set_device(rank)",
    bad=MISSING | {"cpu": "AttributeError: module 'torch._C' has no attribute '_cuda_setDevice'"},
    fixed={"cpu driverless": "no GPU", "cuda-x2": "1", "*": "0"},
)
def worker(load: Load, world: World) -> object:
    _imported(load).worker(world.ordinal or 0, _double)
    return torch.cuda.current_device() if torch.cuda.is_available() else "no GPU"


@case(
    at="with torch.cuda.device(rank)",
    bad=MISSING | {"cpu": "RuntimeError: PyTorch was compiled without CUDA support"},
    fixed={"cpu driverless": "no GPU", "cuda-x2": "1", "*": "0"},
)
def on(load: Load, world: World) -> object:
    return _imported(load).on(world.ordinal or 0, lambda x: torch.cuda.current_device(), torch.ones(1))


@case(at="torch.cuda.mem_get_info()", bad=MISSING, fixed={"cpu driverless": "no GPU", "*": "1"})
def memory(load: Load, world: World) -> object:
    return _imported(load).memory()


@case(
    at="torch.cuda.reset_peak_memory_stats()",
    bad={
        "cpu": "AttributeError: module 'torch._C' has no attribute '_cuda_resetPeakMemoryStats'",
        "driverless": "RuntimeError: invalid argument to reset_peak_memory_stats",
    },
    fixed="from now on",
)
def reset(load: Load, world: World) -> object:
    example = _imported(load)
    torch.ones(1000, device="cuda" if torch.cuda.is_available() else "cpu")  # and gone
    example.reset()
    return "since ever" if torch.cuda.max_memory_allocated() else "from now on"
