"""What is made without a device is on the CPU, and does not mix with what is on the accelerator."""

import numpy as np
import torch

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}


def passed(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Block(4).to(device)(torch.ones(1, 4, 4, device=device)).device


positions = case(at="torch.arange(x.shape[1])", bad=APART, fixed=CHOSEN)(passed)
weights = case(at="torch.linspace(0, 1, x.shape[1])", bad=APART, fixed=CHOSEN)(passed)


@case(
    at="torch.ones(size, size).tril()",
    bad=APART,
    fixed={name: f"{on} float32 [[1, 0], [1, 1]]" for name, on in CHOSEN.items()},
)
def causal(load: Load, world: World) -> object:
    return load().Block(2).causal(torch.ones(2, 2, device=device_of(world)))


@case(
    at="torch.ones(2, 2)",
    bad=APART,
    fixed={name: f"{on} float32 [[0, 1], [1, 0]]" for name, on in CHOSEN.items()},
)
def others(load: Load, world: World) -> object:
    return load().Block(2).others(torch.ones(2, 2, device=device_of(world)))


@case(at="torch.hann_window(length)", bad=APART, fixed={"cpu driverless": "cpu", "*": "cuda:0"})
def windowed(load: Load, world: World) -> object:
    return load().windowed(np.ones(400, np.float32)).device


@case(
    at="torch.FloatTensor([1e9])",
    bad=APART,
    fixed={name: f"({on}, {on} float32 [1, 1e+09])" for name, on in CHOSEN.items()},
)
def replaced(load: Load, world: World) -> object:
    x, keep = torch.ones(2), torch.tensor([True, False])
    pad, high = load().replaced(x.to(device_of(world)), keep.to(device_of(world)))
    return pad.device, high
