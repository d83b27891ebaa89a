"""A second GPU by its index, where there is one."""

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

NONE = "AcceleratorError: CUDA error: invalid device ordinal"
SECOND = {"cpu driverless": "cpu", "cuda-x2": "cuda:1", "*": "cuda:0"}


@case(at='decoder.to("cuda:1")', bad=NONE, fixed=SECOND)
def split(load: Load, world: World) -> object:
    _, decoder = load().split(nn.Linear(1, 1), nn.Linear(1, 1))
    return decoder.weight.device


@case(at='self.device = "cuda:1"', bad=NONE, fixed=SECOND)
def judge(load: Load, world: World) -> object:
    return load().Judge().model.weight.device


@case(at="x.cuda(1)", bad=NONE, fixed=SECOND)
def score(load: Load, world: World) -> object:
    return load().score(torch.ones(2)).device


@case(at='device="cuda:1"', bad=NONE, fixed={"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"})
def rank(load: Load, world: World) -> object:
    return load().rank(torch.ones(2), device_of(world)).device
