"""Autocast for CUDA warns where there is none, and takes no device."""

import warnings
from collections.abc import Callable

import torch

from devlint.scenario import Load, World, case, device_of

WARNED = "[CUDA is not available or torch_xla is imported. Disabling autocast.]"
ON_CPU = "cpu driverless cuda-cpu-requested mps-cpu-requested"


def warnings_of(compute: Callable[..., object], world: World) -> list[str]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("ignore", FutureWarning)
        compute(torch.nn.Identity(), torch.ones(2), device_of(world))
    return [str(warning.message) for warning in found]


@case(at='torch.autocast("cuda")', bad=WARNED, fixed="[]")
def described(load: Load, world: World) -> object:
    return warnings_of(load().described, world)


@case(at="torch.cuda.amp.autocast", bad=WARNED, fixed="[]")
def summed(load: Load, world: World) -> object:
    return warnings_of(load().summed, world)


@case(
    at="torch.amp.autocast",
    bad="ValueError: Expected `device_type` of type `str`, got: `<class 'torch.device'>`",
    fixed={ON_CPU: "cpu", "cuda-x2": "cuda:1", "*": "{device}"},
)
def placed(load: Load, world: World) -> object:
    return load().placed(torch.ones(1, device=device_of(world)))


@case(at="GradScaler", bad="False", fixed={"cpu driverless mps-cpu-requested": "False", "*": "True"})
def scaler(load: Load, world: World) -> object:
    return load().scaler().is_enabled()
