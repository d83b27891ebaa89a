"""A module is made on the CPU and moved; what it makes on the device that it remembers does not fit its weights."""

import torch

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"


@case(at="self.device = ", bad=APART, fixed="cpu")
def moved(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Decoder(4).to(device)(torch.ones(1, 4, device=device)).device
