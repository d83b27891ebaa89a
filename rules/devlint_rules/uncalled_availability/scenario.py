"""A function that nobody calls says yes on every machine, and equals neither yes nor no."""

import torch
from torch import nn

from devlint.scenario import Load, World, case


@case(
    at='self.device = "cuda" if',
    bad={
        "cpu": "AssertionError: Torch not compiled with CUDA enabled",
        "driverless": "RuntimeError: Found no NVIDIA driver on your system",
    },
    fixed={"cpu driverless": "cpu float32", "*": "cuda:0 float32"},
)
def recognizer(load: Load, world: World) -> object:
    return load().Recognizer(nn.Linear(1, 1)).model


@case(at="self.wide = not", bad="False", fixed={"cpu driverless": "True", "*": "False"})
def wide(load: Load, world: World) -> object:
    return load().Recognizer(nn.Identity()).wide  # which no device refuses


@case(
    at="torch.cuda.is_bf16_supported",
    bad="torch.bfloat16",
    fixed={"cpu driverless": "torch.float32", "*": "torch.bfloat16"},
)
def precision(load: Load, world: World) -> object:
    return load().Recognizer(nn.Identity()).precision()


@case(at="has_gpu", bad="cuda", fixed={"cpu driverless": "cpu", "*": "cuda"})
def large_batch(load: Load, world: World) -> object:
    return load().pick_device(9)


@case(at="torch.backends.mps", bad="mps", fixed="cpu")
def medium_batch(load: Load, world: World) -> object:
    return load().pick_device(5)


@case(at="use_gpu == True", bad="8", fixed={"cpu driverless": "8", "*": "0"})
def halved(load: Load, world: World) -> object:
    return load().halved(8)


@case(
    at="dist.is_initialized",
    bad="ValueError: Default process group has not been initialized",
    fixed="cpu float32 8",
)
def reduced(load: Load, world: World) -> object:
    return load().reduced(torch.tensor(8.0))
