"""Libraries of the host make arrays of what they are given: a tensor of the accelerator refuses."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of, stub

REFUSED = "TypeError: can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host"
FIRST_REFUSED = REFUSED.replace("{device}", "cuda:0")


def example(load: Load) -> Any:
    """The example, and libraries that make arrays."""

    def save(path: str, audio: torch.Tensor, rate: int) -> None:
        if audio.device.type != "cpu":
            raise RuntimeError("Input tensor has to be on CPU.")  # torchaudio/csrc/sox/utils.cpp
        np.save(path, audio)

    pyplot = SimpleNamespace(plot=np.asarray)
    stub("matplotlib", pyplot=pyplot)
    stub("matplotlib.pyplot", plot=np.asarray)
    stub("scipy")
    stub("scipy.signal", find_peaks=np.asarray)
    stub("sklearn")
    stub("sklearn.metrics", f1_score=lambda y, predicted: np.mean(np.asarray(y) == np.asarray(predicted)))
    stub("torchaudio", save=save)
    return load()


def heard(load: Load, world: World) -> object:
    return np.ones_like(example(load).loudness(torch.ones(2, 80)))


loudness = case(at="np.abs(audio)", bad=FIRST_REFUSED, fixed="1")(heard)
peaks = case(at="find_peaks(audio + 1)", bad=FIRST_REFUSED, fixed="1")(heard)
plot = case(at="plt.plot(audio)", bad=FIRST_REFUSED, fixed="1")(heard)


def trained(load: Load, world: World) -> object:
    model = nn.Linear(1, 2)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    steps: list[None] = []
    optimizer = SimpleNamespace(step=lambda: steps.append(None))
    loader = [(torch.ones(1, 1), torch.zeros(1, dtype=torch.long))] * 2
    return example(load).train(model, loader, optimizer, device_of(world)), len(steps)


norm = case(at="np.isfinite(norm)", bad=REFUSED, fixed="(0.6931, 2)")(trained)
losses = case(at="np.mean(losses)", bad=REFUSED, fixed="(0.6931, 2)")(trained)


@case(at="f1_score(y, predicted)", bad=REFUSED, fixed="1")
def evaluate(load: Load, world: World) -> object:
    model = nn.Identity().to(device_of(world))
    return example(load).evaluate(model, torch.eye(2), torch.arange(2), device_of(world))


@case(
    at="torchaudio.save(path, audio, 24_000)",
    bad="RuntimeError: Input tensor has to be on CPU.",
    fixed="[1, 2]",
)
def save(load: Load, world: World) -> object:
    example(load).save("audio.npy", torch.ones(2))
    return np.load("audio.npy")


@case(at="np.flatnonzero(audio)", bad=REFUSED, fixed="[[1, 1]]")
def fade_out(load: Load, world: World) -> object:
    audio = torch.tensor([1.0, 1.0, 1.0, 0.0], device=device_of(world))
    example(load).Speech(SimpleNamespace(infer=lambda text: audio)).speak("text", "audio.npy")
    return np.load("audio.npy")
