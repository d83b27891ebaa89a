"""Who says nothing about a device gets CUDA, also where there is none."""

from devlint.scenario import Load, World, case

ABSENT = {
    "cpu": "AssertionError: Torch not compiled with CUDA enabled",
    "driverless": "RuntimeError: Found no NVIDIA driver on your system",
}
FIRST = {"cpu driverless": "cpu", "*": "cuda:0"}


@case(at="def __init__(self, size, device=", bad=ABSENT, fixed=FIRST)
def aligner(load: Load, world: World) -> object:
    return load().Aligner(2).model.weight.device


@case(at="on=torch.device", bad=ABSENT, fixed=FIRST)
def features(load: Load, world: World) -> object:
    return load().features([1.0, 2.0]).device
