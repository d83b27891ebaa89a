"""Modules in a plain container stay on the CPU when the module around them is moved."""

import torch

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}


@case(at="self.layers = ", bad=APART, fixed=CHOSEN)
def decoded(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Decoder(4, 2).to(device)(torch.ones(1, 4, device=device)).device


@case(at="self.blocks = ", bad=APART, fixed=CHOSEN)
def encoded(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Encoder(4, 2).to(device)(torch.ones(1, 4, device=device)).device


@case(at="self.cells = ", bad=APART, fixed=CHOSEN)
def stacked(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Stack(4, 2).to(device)(torch.ones(1, 4, device=device)).device


@case(at="self.heads = ", bad=APART, fixed=CHOSEN)
def headed(load: Load, world: World) -> object:
    device = device_of(world)
    mean, _ = load().Heads(4).to(device)(torch.ones(1, 4, device=device))
    return mean.device
