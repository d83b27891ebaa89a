"""The index of a tensor's device leads nowhere on the CPU."""

import torch

from devlint.scenario import Load, World, case, device_of

NEGATIVE = "RuntimeError: Device index must not be negative"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}


@case(at="mask = torch.ones", bad=NEGATIVE, fixed=CHOSEN)
def masked(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Decoder().to(device)(torch.ones(2, 4, device=device)).device


@case(at="start.cuda(", bad=NEGATIVE, fixed=CHOSEN)
def started(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Decoder().to(device)(torch.ones(2, 4, device=device), torch.ones(2, device=device)).device


@case(at="torch.device(scores", bad=NEGATIVE, fixed=CHOSEN, missed="cuda-cpu-requested")
def beside(load: Load, world: World) -> object:
    return load().beside(torch.ones(2, device=device_of(world))).device


@case(at="weights.get_device", bad=NEGATIVE, fixed=CHOSEN, missed="cuda-cpu-requested")
def like(load: Load, world: World) -> object:
    return load().like(torch.ones(2, device=device_of(world))).device


@case(at="index = values", bad=NEGATIVE, fixed=CHOSEN, missed="cuda-cpu-requested")
def padded(load: Load, world: World) -> object:
    return load().padded(torch.ones(2, device=device_of(world))).device
