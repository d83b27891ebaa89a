"""Names and devices that are not there raise wherever control gets to them."""

from devlint.scenario import Load, World, case

MISSING = "AttributeError: module 'torch.cuda' has no attribute '"
UNKNOWN = "RuntimeError: Expected one of cpu, cuda, "
FIRST = {"cpu driverless": "cpu", "*": "cuda:0"}


@case(
    at="torch.cuda.is_availble",
    bad=MISSING + "is_availble'",
    fixed={"cpu driverless": "cpu", "*": "cuda"},
)
def picked(load: Load, world: World) -> object:
    return load().pick_device()


@case(
    at="torch.backends.cuda.is_available",
    bad="AttributeError: module 'torch.backends.cuda' has no attribute 'is_available'",
    fixed={"cpu driverless": "False", "*": "True"},
)
def kernels(load: Load, world: World) -> object:
    return load().has_kernels()


@case(at="torch.cuda.clear_cache()", bad=MISSING + "clear_cache'", fixed="None")
def released(load: Load, world: World) -> object:
    return load().release()


@case(at="to(name)", bad=UNKNOWN, fixed={"cpu driverless": "cpu float32", "*": "cuda:0 float32"})
def built(load: Load, world: World) -> object:
    return load().build(2)


@case(
    at='device="cuda1"',
    bad="RuntimeError: Invalid device string: 'cuda1'",
    fixed={"cuda-x2": "cuda:1", "*": "cpu"},
)
def second(load: Load, world: World) -> object:
    return load().second(2).device


@case(at='torch.device("gpu"', bad=UNKNOWN, fixed=FIRST)
def mask(load: Load, world: World) -> object:
    return load().mask(2).device
