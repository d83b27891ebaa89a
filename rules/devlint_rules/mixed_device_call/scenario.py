"""A part of a batch, or what was read from a file, is on the CPU, and the model is not."""

import torch

from devlint.scenario import Load, World, case, stub


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
