"""Comparisons of devices that miss: the branch of the wrong device is taken, or a device that is no text raises."""

import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

DEVICE = {"cuda cuda-requested": "cuda:0", "cuda-x2": "cuda:1", "*": "cpu"}
GPU = "cuda cuda-requested cuda-x2"


@case(at='mel.device == "cuda"', bad="[]", fixed={GPU: "[emptied]", "*": "[]"})
def forward(load: Load, world: World) -> object:
    emptied: list[str] = []
    torch.cuda.empty_cache = lambda: emptied.append("emptied")
    load().Vocoder().to(device_of(world))(torch.ones(1, 80, device=device_of(world)))
    return emptied


@case(at='"cpu" != mel.device', bad="copied", fixed={GPU: "copied", "*": "as it was"})
def forward_transposed(load: Load, world: World) -> object:
    vocoder = load().Vocoder().to(device_of(world))
    given: list[torch.Tensor] = []
    vocoder.out.register_forward_pre_hook(lambda module, inputs: given.extend(inputs))
    vocoder(torch.ones(80, 2, device=device_of(world)).T)
    return "copied" if given[0].is_contiguous() else "as it was"


@case(at='mel.device == torch.device("cuda")', bad="1", fixed={GPU: "7", "*": "1"})
def seed(load: Load, world: World) -> object:
    torch.manual_seed(1)  # seeds every device
    load().Vocoder().seed(torch.ones(1, 80, device=device_of(world)))
    return torch.cuda.initial_seed() if torch.cuda.is_available() else torch.initial_seed()


@case(at='str(mel.device) != "cuda"', bad="7", fixed={GPU: "1", "*": "7"})
def seed_cpu(load: Load, world: World) -> object:
    torch.manual_seed(1)
    load().Vocoder().seed_cpu(torch.ones(1, 80, device=device_of(world)))
    return torch.initial_seed()


@case(
    at='device.startswith("cuda")',
    bad="AttributeError: 'torch.device' object has no attribute 'startswith'",
    fixed=DEVICE,
)
def synthesize(load: Load, world: World) -> object:
    return load().synthesize(nn.Linear(2, 1).to(device_of(world)), torch.ones(1, 2)).device


@case(at='"mps" in device', bad="TypeError: argument of type 'torch.device' is not ", fixed=DEVICE)
def collect(load: Load, world: World) -> object:
    return load().collect(nn.Linear(2, 1).to(device_of(world)), torch.ones(1, 2, device=device_of(world))).device


@case(at='if device == "cpu"', bad="the model", fixed={GPU: "the model", "*": "None"})
def cache(load: Load, world: World) -> object:
    return load().cache("the model", torch.device(device_of(world)))


@case(
    at='device =="cuda"',
    bad={
        "cpu": "AssertionError: Torch not compiled with CUDA enabled",
        "driverless": "RuntimeError: Found no NVIDIA driver on your system",
    },
    fixed={"cpu driverless": "cpu float32", "*": "cuda:0 float32"},
)
def build(load: Load, world: World) -> object:
    return load().build(device="cuda:0")


@case(
    at='if device == "cuda" or',
    bad="CPUExecutionProvider",
    fixed={GPU: "CUDAExecutionProvider", "*": "CPUExecutionProvider"},
)
def providers(load: Load, world: World) -> object:
    return load().providers(torch.device(device_of(world)))[0]


@case(at='== "meta"', bad="False", fixed="True")
def is_empty(load: Load, world: World) -> object:
    return load().is_empty(torch.ones(1, device="meta"))
