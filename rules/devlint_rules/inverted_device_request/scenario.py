"""Who asks for the GPU gets the CPU, and the other way round."""

import sys

from torch import nn

from devlint.scenario import Load, World, case

SWAPPED = {"cuda-requested cuda-x2": "cpu", "cuda-cpu-requested": "cuda"}
CHOSEN = {"cuda cuda-requested cuda-x2": "cuda", "*": "cpu"}


def request(world: World, key: str) -> dict[str, int]:
    """``key`` as 1 or 0, where somebody asks."""
    return {"none": {}, "cpu": {key: 0}}.get(world.request.value, {key: 1})


def placed(names: dict[str, str]) -> dict[str, str]:
    """Where a tensor is that was put there."""
    return {worlds: name.replace("cuda", "cuda:0") for worlds, name in names.items()}


@case(at='or kwargs.get("ngpu")', bad=SWAPPED, fixed=CHOSEN)
def build(load: Load, world: World) -> object:
    return load().build(**request(world, "ngpu"))


@case(at='or options.get("use_gpu", False)', bad=placed(SWAPPED), fixed=placed(CHOSEN))
def load_model(load: Load, world: World) -> object:
    return load().load(nn.Linear(1, 1), **request(world, "use_gpu")).weight.device


# `missed`: who asks for the GPU gives no flag, as who asks for nothing does; the rule holds that those have no claim
@case(
    at="args.no_cuda and torch.cuda.is_available()",
    bad={"cuda": "cpu"} | placed(SWAPPED),
    fixed=placed(CHOSEN),
    missed="cuda",
)
def main(load: Load, world: World) -> object:
    sys.argv[1:] = ["--no-cuda"] if world.request.value == "cpu" else []
    return load().main().device
