"""A tensor on the CPU takes no index from an accelerator, wherever what comes of it is to go."""

import numpy as np
import torch

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu float32 [[1], [1]]", "*": "{device} float32 [[1], [1]]"}


@case(at="self.levels[", bad=APART, fixed=CHOSEN)
def noise(load: Load, world: World) -> object:
    x = torch.ones(2, 1, device=device_of(world))
    return load().Noise(3).to(x.device)(x, torch.full((2,), 2, device=x.device))


@case(at="self.sigmas[", bad=APART, fixed=CHOSEN)
def scheduled(load: Load, world: World) -> object:
    return load().Scheduler(3).noise(torch.ones(2, 1, device=device_of(world)), 0)


@case(at="data[", bad=APART, fixed={"cpu driverless": "cpu float32 [4]", "*": "cuda:0 float32 [4]"})
def batches(load: Load, world: World) -> object:
    return sum(load().batches(np.ones(4, np.float32), 2)).sum().view(1)  # the order is a matter of chance
