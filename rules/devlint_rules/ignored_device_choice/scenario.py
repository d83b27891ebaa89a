"""Who chooses a device gets another one."""

import sys

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of, stub

NAME = {"cuda cuda-requested": "cuda", "cuda-x2": "cuda:1", "*": "cpu"}
DEVICE = NAME | {"cuda cuda-requested": "cuda:0"}
MODEL = {names: f"{device} float32" for names, device in DEVICE.items()}

# `missed`: in `cuda-x2` the second GPU was chosen, and `cuda` is the first; the rule knows types of devices and no
# indices. In `cuda` nobody asks, and whoever calls a function whose device has no default chooses all the same.


def request(world: World, key: str) -> dict[str, object]:
    """Options: where the machine has a GPU the device, and where somebody asks, ``key``."""
    asked = {"none": {}, "cpu": {key: 0}}.get(world.request.value, {key: 1})
    return {"device": device_of(world), **asked} if world.accelerator else {}


@case(at='or kwargs.get("ngpu", 0) == 0', bad="cpu", fixed=NAME)
def build(load: Load, world: World) -> object:
    return load().build(**request(world, "ngpu"))


@case(at='if not options.get("use_gpu", False):', bad="cpu", fixed=NAME)
def connect(load: Load, world: World) -> object:
    return load().connect(**request(world, "use_gpu"))


@case(at="positions(length, device)", bad="cpu", fixed=DEVICE, missed="cuda")
def positions(load: Load, world: World) -> object:
    return load().positions(3, device_of(world)).device


@case(at='device="cpu"):', bad="cpu", fixed={"cuda-requested": "cuda:0", "cuda-x2": "cuda:1", "*": "cpu"})
def announced(load: Load, world: World) -> object:
    asked = () if world.request.value == "none" else (device_of(world),)
    return load().announced(3, *asked).device


@case(at="embed(words, device)", bad="cuda:0", fixed=DEVICE, missed="cuda-x2")
def embed(load: Load, world: World) -> object:
    return load().embed(torch.tensor([1]), device_of(world)).device


@case(at='device = torch.device("cuda" if', bad="cuda:0 float32", fixed=MODEL, missed="cuda-x2")
def overwritten(load: Load, world: World) -> object:
    return load().overwritten(nn.Linear(1, 1), device_of(world))


@case(at="    if torch.cuda.is_available():  #", bad="cuda:0 float32", fixed=MODEL, missed="cuda-x2")
def by_hardware(load: Load, world: World) -> object:
    return load().by_hardware(nn.Linear(1, 1), device_of(world))


@case(
    at="device=chosen",
    bad="CPUExecutionProvider",
    fixed={"cpu driverless": "CPUExecutionProvider", "*": "CUDAExecutionProvider"},
)
def pages(load: Load, world: World) -> object:
    class Session:
        def __init__(self, path: str, providers: tuple[str, ...] = ("CPUExecutionProvider",)) -> None:
            self.run = lambda names, inputs: providers[0]

    stub("onnxruntime", InferenceSession=Session)
    example = load()
    return example.pages(example.SessionLayout("layout.onnx"), ["a page"])[0]


@case(at="--train-device", bad="cuda:0 float32", fixed=MODEL, missed="cuda-x2")
def main(load: Load, world: World) -> object:
    sys.argv[1:] = ["--train-device", device_of(world)]
    example = load()
    return example.main(example.parse())
