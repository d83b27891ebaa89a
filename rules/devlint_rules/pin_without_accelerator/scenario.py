"""Pinned memory is the accelerator's: without one torch has nowhere to get it from."""

from devlint.scenario import Load, World, case, device_of

NO_DEVICE = {
    "cpu": "RuntimeError: Cannot access accelerator device when none is available.",
    "driverless": "RuntimeError: Found no NVIDIA driver on your system",
}
NO_ALLOCATOR = "RuntimeError: pin_memory=True requires a CUDA or other accelerator backend"
PINNED = {"cpu driverless": "False", "*": "True"}
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}


@case(at="x.pin_memory()", bad=NO_DEVICE, fixed=CHOSEN)
def inputs(load: Load, world: World) -> object:
    return load().inputs([1, 2, 3], 2, device_of(world)).device


@case(at="y.pin_memory()", bad=NO_DEVICE, fixed=CHOSEN)
def targets(load: Load, world: World) -> object:
    return load().targets([1, 2, 3, 4], 2, device_of(world)).device


@case(at="pin_memory=True", bad=NO_ALLOCATOR, fixed=PINNED)
def staging(load: Load, world: World) -> object:
    return load().Staging(4).buffer.is_pinned()


@case(at="torch.uint8).pin_memory()", bad=NO_DEVICE, fixed=PINNED)
def grow(load: Load, world: World) -> object:
    staging = load().Staging
    return staging.grow(staging.__new__(staging), 4).is_pinned()  # its buffer is not made at first
