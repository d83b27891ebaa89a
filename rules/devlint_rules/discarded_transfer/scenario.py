"""A tensor that was to be moved, or made narrower, stays what it was: it meets others elsewhere, or computes there."""

from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

APART = "RuntimeError: Expected all tensors to be on the same device"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}
FIRST = {"cpu driverless": "cpu", "*": "cuda:0"}


def saved(name: str) -> str:
    np.save(name, np.zeros((2, 80)))
    return f"{name}.npy"


def first_device(world: World) -> str:
    """Where a program computes that asks the machine and nobody else."""
    return world.accelerator or "cpu"


@case(at="frames.to(device)  #", bad=APART, fixed=CHOSEN)
def score(load: Load, world: World) -> object:
    device = device_of(world)
    return load().score(nn.Linear(80, 1).to(device), saved("frames"), device).device


@case(at="left.to(device), right.to", bad=APART, fixed=CHOSEN)
def score_pair(load: Load, world: World) -> object:
    device = device_of(world)
    model = nn.Bilinear(80, 80, 1).to(device)
    return load().score_pair(model, [saved("left"), saved("right")], device).device


@case(at="frames.to(device),", bad=APART, fixed=CHOSEN)
def score_mono(load: Load, world: World) -> object:
    device = device_of(world)
    return load().score_mono(nn.Linear(2, 1).to(device), saved("frames"), device).device


@case(at="mel.cuda()", bad=APART, fixed=FIRST)
def train(load: Load, world: World) -> object:
    layer = nn.Linear(80, 1).to(first_device(world))
    optimizer = SimpleNamespace(step=lambda: None)  # torch's own would import its compiler, in every process
    load().train(lambda mel, target: layer(mel).sum(), [(torch.ones(2, 80), None)], optimizer)
    assert layer.weight.grad is not None
    return layer.weight.grad.device


@case(
    at="values.cuda()",
    bad="cpu float32 [0.6, 0.8]",
    fixed={"cpu driverless cuda-cpu-requested": "cpu float32 [0.6, 0.8]", "*": "cuda:0 float32 [0.6, 0.8]"},
)
def normalise(load: Load, world: World) -> object:
    return load().normalise([3.0, 4.0], use_cuda=world.device == "cuda")


@case(at="self.keys.to(device)", bad="cpu", fixed=CHOSEN)
def cache(load: Load, world: World) -> object:
    return load().Cache(2, device_of(world)).keys.device


@case(at="frames.half()", bad="cpu float32 [1]", fixed="cpu float16 [1]")
def compress(load: Load, world: World) -> object:
    return load().compress(torch.ones(1))


@case(at="window.cuda()", bad=APART, fixed=FIRST)
def frame(load: Load, world: World) -> object:
    return load().frame(torch.ones(400, device=first_device(world))).device


@case(at="torch.device(device)", bad="cpu", fixed=CHOSEN)
def synthesize(load: Load, world: World) -> object:
    return load().synthesize(lambda text: torch.zeros(len(text)), "text", device_of(world)).device


@case(at="torch.device(torch_device)", bad="cpu", fixed=CHOSEN)
def announce(load: Load, world: World) -> object:
    return load().announce(lambda text: torch.zeros(len(text)), "text", device_of(world)).device
