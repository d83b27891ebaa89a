"""Builds of torch without CUDA and machines without a driver raise different exceptions."""

from devlint.scenario import Load, World, case

UNBUILT = "AssertionError: Torch not compiled with CUDA enabled"
NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system"


@case(at="except RuntimeError", bad=UNBUILT, fixed={"cpu driverless": "no GPU", "*": "devlint played GPU"})
def name(load: Load, world: World) -> object:
    return load().gpu_name()


@case(at="except AssertionError:", bad=NO_DRIVER, fixed={"cpu driverless": "0", "*": "1"})
def memory(load: Load, world: World) -> object:
    return load().free_memory()


@case(
    at="except (AssertionError, RuntimeError)",
    bad="AttributeError: module 'torch._C' has no attribute '_cuda_setDevice'",
    fixed={"cpu driverless": "None", "cuda-x2": "1", "*": "0"},
)
def used(load: Load, world: World) -> object:
    return load().use_gpu(world.ordinal or 0)


@case(at="except (ValueError, RuntimeError)", bad=UNBUILT, fixed={"cpu driverless": "0", "*": "8"})
def capability(load: Load, world: World) -> object:
    return load().capability()
