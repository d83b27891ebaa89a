"""MPS has no double precision: what makes some there is refused."""

import torch

from devlint.scenario import Load, World, case, device_of

REFUSED = "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64"


@case(at="frequencies.double()", bad=REFUSED, fixed="[0.5, 0, 0.5]")
def phase(load: Load, world: World) -> object:
    return load().Phase()(torch.full((3,), 0.5, device=device_of(world))).tolist()


@case(at="scale = torch.arange", bad=REFUSED, fixed="[1, 0.1]")
def positions(load: Load, world: World) -> object:
    return load().positions(torch.ones(1), 4).tolist()


@case(at="torch.from_numpy(window)", bad=REFUSED, fixed="[0, 0.5, 1]")
def envelope(load: Load, world: World) -> object:
    return load().envelope(3).tolist()


@case(at="torch.tensor(np", bad=REFUSED, fixed="[0, 1, 2]")
def ramp(load: Load, world: World) -> object:
    return load().ramp(3).tolist()


@case(at="steps = torch.arange", bad=REFUSED, fixed="[[0, 0.5]]")
def frequencies(load: Load, world: World) -> object:
    return load().frequencies(torch.ones(1, device=device_of(world)), 2).tolist()
