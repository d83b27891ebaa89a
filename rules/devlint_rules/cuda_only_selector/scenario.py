"""Machines with another accelerator compute on the CPU."""

import os

from devlint.scenario import Load, World, case

CHOSEN = {
    "cpu driverless cuda-cpu-requested mps-cpu-requested xpu-cpu-requested": "cpu",
    "mps mps-requested": "mps:0",
    "xpu xpu-requested xpu-x2": "xpu:0",
    "*": "cuda:0",
}


def _is_cpu_wanted(world: World) -> bool:
    return world.name.endswith("-cpu-requested")


@case(at="NAME =", bad="cpu", fixed=CHOSEN)
def named(load: Load, world: World) -> object:
    if _is_cpu_wanted(world):
        os.environ["CAPTION_DEVICE"] = "cpu"
    return load().nn.Linear(1, 1).to(load().NAME).weight.device


@case(at="            device =", bad="cpu", fixed=CHOSEN)
def captioner(load: Load, world: World) -> object:
    return load().Captioner("cpu" if _is_cpu_wanted(world) else None).model.weight.device


@case(at="place =", bad="cpu", fixed=CHOSEN)
def built(load: Load, world: World) -> object:
    return load().build(use_cpu=_is_cpu_wanted(world)).weight.device


@case(
    at="    if torch.cuda.is_available():",
    bad="cpu",
    fixed={"cpu driverless mps-cpu-requested xpu-cpu-requested": "cpu", "*": "cuda"},
)
def picked(load: Load, world: World) -> object:
    return load().pick()


@case(
    at="target =",
    bad="cpu",
    fixed={
        "cpu driverless": "cpu",
        "mps mps-requested mps-cpu-requested": "mps",
        "xpu xpu-requested xpu-cpu-requested xpu-x2": "xpu",
        "*": "cuda",
    },
    missed="mps-cpu-requested xpu-cpu-requested",
)
def exported(load: Load, world: World) -> object:
    return load().export(load().nn.Linear(1, 1), "model.pt")
