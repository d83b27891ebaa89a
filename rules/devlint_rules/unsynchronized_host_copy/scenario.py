"""What is read while the copy is under way holds what was in its memory before: here zeros."""

import torch

from devlint.scenario import Load, World, case, device_of


@case(at="flag.to", bad="True", fixed="False", async_copies=True)
def is_finite(load: Load, world: World) -> object:
    model = torch.nn.Linear(2, 1).to(device_of(world))
    torch.nn.init.constant_(model.weight, torch.nan)
    return load().is_finite(model)


@case(at="means.to", bad="[0.0, 0.0]", fixed="[1.0, 1.0]", async_copies=True)
def brightness(load: Load, world: World) -> object:
    return str(load().brightness(torch.ones(2, 4, 4)))


@case(at="outputs.append", bad="cpu float32 [-1, 0]", fixed="cpu float32 [-1, -1]", async_copies=True)
def collected(load: Load, world: World) -> object:
    return load().collected(torch.neg, [torch.ones(1)] * 2, device_of(world))


@case(at="found = [", bad="cpu float64 [0, 0]", fixed="cpu float64 [2, 2]", async_copies=True)
def total(load: Load, world: World) -> object:
    return load().total([torch.ones(2, device=device_of(world))] * 2)
