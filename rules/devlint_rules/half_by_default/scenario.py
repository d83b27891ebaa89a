"""Whoever says nothing gets half precision, also where it is computed on the CPU: before torch 2.4 that had no kernel
for it."""

from typing import Any

import numpy as np
import torch
from torch import nn

from devlint.scenario import Load, World, case, device_of, stub

LINEAR = "RuntimeError: \"addmm_impl_cpu_\" not implemented for 'Half'"
SOFTMAX = "RuntimeError: \"softmax_lastdim_kernel_impl\" not implemented for 'Half'"
FIRST = {"cpu driverless": "cpu float32", "*": "cuda:0 float16"}
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu float32", "*": "{device} float16"}


def example(load: Load) -> Any:
    """The example, with engines that compute in the precision they are given."""

    def engine(name: str, *, device: str, dtype: torch.dtype | None = None, compute_type: str = "float32") -> object:
        return torch.ones(2, device=device, dtype=dtype or getattr(torch, compute_type)).softmax(-1)

    stub("speech", Recognizer=engine, Tracker=engine)
    return load()


def kind(made: torch.Tensor) -> str:
    return f"{made.device} {made.dtype}".replace("torch.", "")


def samples(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


@case(at="is_half = eval", bad=LINEAR, fixed=FIRST, legacy_half=True)
def features(load: Load, world: World) -> object:
    return kind(example(load).features(samples(1, 80)))


@case(at="use_fp16 = True", bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def weights(load: Load, world: World) -> object:
    return kind(example(load).weights(samples(2)))


@case(at="precision = torch.float16", bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def mel(load: Load, world: World) -> object:
    return kind(example(load).mel(samples(2)).softmax(-1))


@case(at="half=True", bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def vocode(load: Load, world: World) -> object:
    torch.jit.save(torch.jit.script(nn.Softmax(-1)), "vocoder.pt")
    try:
        return kind(example(load).Vocoder("vocoder.pt")(torch.ones(2)))
    except RuntimeError as error:  # of TorchScript, which puts its traceback before what was said
        raise RuntimeError(str(error).rpartition("RuntimeError: ")[2]) from error


@case(at='compute_type="float16"', bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def transcribe(load: Load, world: World) -> object:
    return kind(example(load).transcriber("small"))


@case(at="dtype=torch.float16, device=", bad=SOFTMAX, fixed=CHOSEN, legacy_half=True)
def pitch(load: Load, world: World) -> object:
    return kind(example(load).pitch({"device": device_of(world)}))


@case(at="fp16: bool", bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def decode(load: Load, world: World) -> object:
    made = example(load)
    return kind(made.Decoder(made.Options())(samples(2)))


@case(at='compute_type="half"', bad=SOFTMAX, fixed=FIRST, legacy_half=True)
def preprocess(load: Load, world: World) -> object:
    return kind(example(load).preprocess("small"))
