"""Types of CUDA's where there is no CUDA: each way to use one says so differently."""

import torch

from devlint.scenario import Load, World, case, device_of

NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system"
UNLINKED = {"cpu": "RuntimeError: Cannot initialize CUDA without ATen_cuda library.", "driverless": NO_DRIVER}
FIRST = {"cpu driverless": "cpu", "*": "cuda:0"}


def unavailable(name: str) -> dict[str, str]:
    return {
        "cpu": f"TypeError: type torch.cuda.{name} not available. Torch not compiled with CUDA enabled.",
        "driverless": NO_DRIVER,
    }


@case(
    at="torch.cuda.LongTensor(list",
    bad=unavailable("LongTensor"),
    fixed={name: f"{on} bool [[True, False], [True, True]]" for name, on in FIRST.items()},
)
def mask(load: Load, world: World) -> object:
    return load().mask(torch.tensor([1, 2], device="cuda" if torch.cuda.is_available() else "cpu"))


@case(
    at="torch.cuda.FloatTensor(size, 2)",
    bad={"cuda-cpu-requested cuda-x2": "cuda:0", **unavailable("FloatTensor")},
    fixed={"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"},
    missed="cuda-cpu-requested cuda-x2",  # the rule only asks whether there is CUDA at all
)
def noise(load: Load, world: World) -> object:
    made, _ = load().noise(3, device_of(world))
    return made.device


@case(
    at="x.type(torch.cuda.HalfTensor)",
    bad=UNLINKED,
    fixed={name: f"{on} float16 [1]" for name, on in FIRST.items()},
)
def scale(load: Load, world: World) -> object:
    return load().Scale()(torch.ones(1))


@case(
    at="torch.cuda.DoubleTensor",
    bad=UNLINKED,
    fixed={name: f"{on} float64 [1]" for name, on in FIRST.items()},
)
def named(load: Load, world: World) -> object:
    return load().named(torch.ones(1))


@case(at="torch.set_default_tensor_type", bad=unavailable("FloatTensor"), fixed=FIRST)
def prepare(load: Load, world: World) -> object:
    try:
        return load().prepare().device
    finally:
        torch.set_default_tensor_type(torch.FloatTensor)
