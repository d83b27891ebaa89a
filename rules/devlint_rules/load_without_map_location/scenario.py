"""Files that a machine with a GPU wrote: without a GPU they do not load, with two they load onto the first."""

import zipfile

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

REFUSED = (
    "RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you "
    "are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu')"
)
NO_KERNEL = "NotImplementedError: Could not run 'aten::empty_strided' with arguments from the 'CUDA' backend"
NO_INDEX = {
    "cpu": "TypeError: '<' not supported between instances of 'NoneType' and 'int'",
    "*": "RuntimeError: invalid argument to exchangeDevice",
}
NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system"
FIRST = {"cpu driverless": "cpu float32", "*": "cuda:0 float32"}
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu float32", "*": "{device} float32"}


def saved(value: object) -> str:
    """A file of tensors as a machine with a GPU writes it."""
    torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, location: None)
    torch.save(value, "gpu.pt")
    return "gpu.pt"


def saved_module() -> str:
    """The archive of a module as a machine with a GPU writes it."""
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), "host.pt")
    with zipfile.ZipFile("host.pt") as host, zipfile.ZipFile("gpu.pt", "w") as gpu:
        for part in host.infolist():
            gpu.writestr(part, host.read(part).replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0"))
    return "gpu.pt"


@case(at="self.model.load_state_dict(torch.load(path))", bad=REFUSED, fixed=CHOSEN)
def separator(load: Load, world: World) -> object:
    return load().Separator(saved(nn.LSTM(80, 80).state_dict()), device_of(world)).model


@case(
    at="torch.load(path, weights_only=True)",
    bad={"cpu driverless": REFUSED, "*": "cuda:0 float32 [1]"},
    fixed={"cpu driverless cuda-cpu-requested": "cpu float32 [1]", "*": "{device} float32 [1]"},
    missed="cuda-cpu-requested cuda-x2",  # the rule is about what cannot be loaded at all
)
def voice(load: Load, world: World) -> object:
    torch.save(nn.LSTM(80, 80).state_dict(), "host.pt")
    return load().Separator("host.pt", device_of(world)).voice(saved({"speaker": torch.ones(1)}))


@case(at="state = torch.load(", bad=REFUSED, fixed="cpu float32")
def encoder(load: Load, world: World) -> object:
    return load().encoder(saved({"encoder": nn.Linear(80, 256).state_dict()}))


@case(at='map_location="cuda"', bad=REFUSED, fixed=FIRST)
def scripted(load: Load, world: World) -> object:
    return load().scripted(saved_module())


@case(at="torch.jit.load(path)", bad={"cpu": NO_KERNEL, "*": NO_DRIVER}, fixed=FIRST)
def traced(load: Load, world: World) -> object:
    return load().traced(saved_module())


@case(at="checkpoint = torch.load(", bad=NO_INDEX, fixed=CHOSEN)
def resume(load: Load, world: World) -> object:
    model = nn.Linear(2, 2)
    path = saved(model.state_dict())
    load().resume(path, model.to(device_of(world)), world.ordinal or 0)
    return model


@case(
    at="mean = torch.load(path)",
    bad={"cpu driverless": REFUSED, "*": "cuda:0 float32 [0, 0]"},
    fixed={"cpu driverless": "cpu float32 [0, 0]", "*": "cuda:0 float32 [0, 0]"},
)
def centred(load: Load, world: World) -> object:
    features = torch.ones(2, device="cuda:0" if torch.cuda.is_available() else "cpu")
    return load().centred(features, saved(torch.ones(2)))


@case(
    at="return torch.load(path, map_location=lambda",
    bad=NO_INDEX,
    fixed={
        "cpu driverless": "cpu float32 [1, 1]",
        "cuda-x2": "cuda:1 float32 [1, 1]",
        "*": "cuda:0 float32 [1, 1]",
    },
)
def placed(load: Load, world: World) -> object:
    return load().placed(saved(torch.ones(2)), world.ordinal or 0)


@case(at='torch.load(path)["step"]', bad="None", fixed="3")
def steps(load: Load, world: World) -> object:
    return load().steps(saved({"step": torch.tensor(3)}))
