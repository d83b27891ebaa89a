"""Plain attributes stay on the CPU when their module is moved; buffers come along, and are not saved."""

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"
ON_CPU = "cpu driverless cuda-cpu-requested"


def on(world_and_after: str) -> dict[str, str]:
    return {ON_CPU: world_and_after.format("cpu"), "*": world_and_after.format("{device}")}


@case(at="self.places = ", bad=APART, fixed=on("({}, 2)"))
def decoded(load: Load, world: World) -> object:
    device = device_of(world)
    model = load().Decoder(4).to(device)
    return model(torch.ones(1, 3, 4, device=device)).device, len(model.state_dict())


@case(at="self.mean: ", bad=APART, fixed=on("{} float32 [2.5, 3, 2]"))
def normalised(load: Load, world: World) -> object:
    device = device_of(world)
    model = load().Normalised(nn.Identity()).to(device)
    return model(torch.ones(3, device=device))


@case(at="self.start = ", bad=APART, fixed=on("{}"))
def recurrent(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Recurrent(4).to(device)(torch.ones(2, 4, device=device)).device


@case(at="self.steps = ", bad=APART, fixed=on("{}"))
def layers(load: Load, world: World) -> object:
    device = device_of(world)
    model = load().Layers(4, 2).to(device)
    for layer in model.layers:
        layer.to(device)
    return model(torch.ones(1, 3, dtype=torch.long, device=device), torch.ones(3, 1, 4, device=device)).device
