"""Half precision on the CPU: before torch 2.4 it had no kernel for it."""

import numpy as np
import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of

CONVOLUTION = "RuntimeError: \"slow_conv2d_cpu\" not implemented for 'Half'"
LINEAR = "RuntimeError: \"addmm_impl_cpu_\" not implemented for 'Half'"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu float32", "*": "{device} float16"}
FIRST = {"cpu driverless": "cpu float32", "*": "cuda:0 float16"}


def kind(made: torch.Tensor) -> str:
    return f"{made.device} {made.dtype}".replace("torch.", "")


def extracted(load: Load, world: World) -> object:
    torch.save(nn.Conv1d(1, 512, 10, 5).state_dict(), "extractor.pt")
    return kind(load().Extractor("extractor.pt", device_of(world))(np.zeros((1, 1, 10), np.float32)))


def featured(load: Load, world: World) -> object:
    return kind(load().features(np.zeros((1, 80), np.float32)))


# weights and inputs have to agree: only where both are repaired the example works
weights = case(at="self.model.half()", bad=CONVOLUTION, fixed=CHOSEN, legacy_half=True)(extracted)
samples = case(at="wave.half()", bad=CONVOLUTION, fixed=CHOSEN, legacy_half=True)(extracted)
model = case(at="    model.half()", bad=LINEAR, fixed=FIRST, legacy_half=True)(featured)
mel = case(at="to(device, torch.float16)", bad=LINEAR, fixed=FIRST, legacy_half=True)(featured)


@case(at="mel.half()", bad="RuntimeError: mat1 and mat2 must have the same dtype", fixed=CHOSEN)
def encoded(load: Load, world: World) -> object:
    return kind(load().Encoder(device_of(world), True)(np.zeros((1, 80), np.float32)))
