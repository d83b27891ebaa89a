"""What is made in ``forward`` is on the CPU, wherever the module has been moved."""

import torch

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"


@case(at="reduce = ", bad=APART, fixed="(1, 1)")
def encoded(load: Load, world: World) -> object:
    device = device_of(world)
    return tuple(load().Encoder(4).to(device)(torch.ones(1, 4, device=device)).shape)


@case(at="Block(", bad=APART, fixed="(1, 4)")
def refined(load: Load, world: World) -> object:
    device = device_of(world)
    return tuple(load().Refined().to(device)(torch.ones(1, 4, device=device)).shape)
