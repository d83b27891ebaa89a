"""A part of a batch, or what was read from a file, is on the CPU, and the model is not."""

import torch

from devlint.scenario import Load, World, case, device_of, stub


@case(at="F.cross_entropy", bad="RuntimeError: Expected all tensors to be on the same device", fixed="None")
def train(load: Load, world: World) -> object:
    stub("torchaudio")
    return load().train([(torch.ones(10), 1)])


@case(
    at="model(wave)",
    bad="RuntimeError: Input and parameter tensors are not at the same device, found input tensor at cpu and parameter "
    "tensor at cuda:0",
    fixed="(cpu, 16000)",
)
def describe(load: Load, world: World) -> object:
    stub("torchaudio", load=lambda path: (torch.ones(2, 80), 16_000))
    (described, _), rate = load().describe("speech.wav")
    return described.device, rate


@case(at="pack_padded_sequence", bad="RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor", fixed="40")
def read(load: Load, world: World) -> object:
    stub("torchaudio")
    device = device_of(world)
    reader = load().Reader().to(device)
    return reader(torch.ones(1, 3, 80, device=device), torch.tensor([3], device=device))[1].shape[-1]


@case(at="model(images).mean()", bad="RuntimeError: Expected all tensors to be on the same device", fixed="None")
def fit(load: Load, world: World) -> object:
    stub("torchaudio")
    return load().fit([torch.ones(10)])
