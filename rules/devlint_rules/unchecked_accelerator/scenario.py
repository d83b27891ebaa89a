"""Where there is no accelerator, the current one is nothing, or the one that torch was built for."""

from devlint.scenario import Load, World, case

NOTHING = "AttributeError: 'NoneType' object has no attribute 'type'"
#: of a device that nobody puts anything on, nothing is said where there is no driver
FIRST = {"cpu driverless": "cpu", "*": "cuda"}


@case(at="current_accelerator().type", bad={"cpu": NOTHING, "driverless": "cuda"}, fixed=FIRST, missed="driverless")
def kind(load: Load, world: World) -> object:
    return load().kind()


@case(at="check_available=True", bad=NOTHING, fixed={"cpu driverless": "torch.float32", "*": "torch.bfloat16"})
def precision(load: Load, world: World) -> object:
    return load().precision()


@case(
    at="device = torch.accelerator.current_accelerator()",
    bad="RuntimeError: Found no NVIDIA driver on your system",
    fixed={"cpu driverless": "cpu float32", "*": "cuda:0 float32"},
)
def classifier(load: Load, world: World) -> object:
    return load().Classifier(2).model


@case(
    at="return torch.device(",
    bad={"cpu": "TypeError: device() received an invalid combination", "driverless": "cuda"},
    fixed=FIRST,
    missed="driverless",
)
def place(load: Load, world: World) -> object:
    return load().place()
