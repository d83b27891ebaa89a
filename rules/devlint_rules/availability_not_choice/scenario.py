"""What follows the hardware goes to the first GPU, whatever device was chosen."""

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device, but got mat1 is on cuda:0, different from other"
CHOSEN = {"cuda cuda-requested": "cuda:0", "cuda-x2": "cuda:1", "*": "cpu"}

# `missed`: the second GPU was chosen, and `cuda` is the first; the rule knows types of devices and no indices


@case(at="tokens = tokens.cuda()", bad=APART, fixed=CHOSEN, missed="cuda-x2")
def encode(load: Load, world: World) -> object:
    return load().encode(nn.Linear(4, 1), torch.ones(1, 4), device_of(world)).device


@case(at='query = query.to("cuda")', bad=APART, fixed=CHOSEN, missed="cuda-x2")
def search(load: Load, world: World) -> object:
    return load().Search(device_of(world))([1.0] * 8).device


@case(
    at='chosen = "cuda" if torch.cuda.is_available()',
    bad={"cuda-cpu-requested": "[cpu, cuda:0]", "cuda-x2": "[cuda:1, cuda:0]"},
    fixed={names: f"[{device}, {device}]" for names, device in CHOSEN.items()},
    missed="cuda-x2",
)
def scores(load: Load, world: World) -> object:
    return [part.device for part in load().scores([1.0], device_of(world))]
