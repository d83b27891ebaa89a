"""A torch that was built without CUDA has no version of it."""

from devlint.scenario import Load, World, case


@case(at="split(", bad="AttributeError: 'NoneType' object has no attribute 'split'", fixed={"cpu": "0", "*": "12"})
def major(load: Load, world: World) -> object:
    return load().major()


@case(
    at="float(",
    bad="TypeError: float() argument must be a string or a real number, not 'NoneType'",
    fixed={"cpu": "False", "*": "True"},
)
def new(load: Load, world: World) -> object:
    return load().is_new()


@case(
    at='< "12.0"',
    bad="TypeError: '<' not supported between instances of 'NoneType' and 'str'",
    fixed={"cpu": "True", "*": "False"},
)
def old(load: Load, world: World) -> object:
    return load().is_old()


@case(
    at='"CUDA " +',
    bad='TypeError: can only concatenate str (not "NoneType") to str',
    fixed={"cpu": "no GPU, CUDA 0.0", "driverless": "no GPU, CUDA 12.8", "*": "a GPU, CUDA 12.8"},
)
def described(load: Load, world: World) -> object:
    return load().describe()


@case(
    at='"cu" +',
    bad="AttributeError: 'NoneType' object has no attribute 'replace'",
    fixed={"cpu": "cpu", "*": "cu128"},
)
def named(load: Load, world: World) -> object:
    return load().Build().name
