"""A generator draws on its own device alone."""

import torch

from devlint.scenario import Load, World, case, device_of

REFUSED = "RuntimeError: Expected a 'cuda' device type for generator but found 'cpu'"


@case(at="torch.randn", bad=REFUSED, fixed="(3)")
def noise(load: Load, world: World) -> object:
    return load().noise((3,), 0)


@case(at="normal_", bad=REFUSED, fixed="(3)")
def jitter(load: Load, world: World) -> object:
    return load().jitter(torch.zeros(3), 0, device_of(world))


@case(at="torch.randperm", bad="RuntimeError: Expected a 'cpu' generator device but found 'cuda", fixed="3")
def order(load: Load, world: World) -> object:
    return load().order(3, device_of(world))


@case(at="shuffle=True", bad=REFUSED, fixed="3")
def train(load: Load, world: World) -> object:
    return load().train([1, 2, 3])
