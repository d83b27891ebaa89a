"""A tensor of an accelerator is no array before it was copied to the host."""

import numpy as np
import torch

from devlint.scenario import Load, World, case, device_of

REFUSED = "TypeError: can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host"


@case(at="np.max(audio.numpy())", bad=REFUSED, fixed="0.5")
def peaks(load: Load, world: World) -> object:
    vocoder = load().Vocoder().to(device_of(world))
    torch.nn.init.constant_(vocoder.out.weight, 0.5 / 80)
    torch.nn.init.zeros_(vocoder.out.bias)
    return vocoder.peaks(torch.ones(2, 80, device=device_of(world)))


@case(at="model(mel).numpy()", bad=REFUSED.replace("{device}", "cuda:0"), fixed="[1, 1]")
def synthesize(load: Load, world: World) -> object:
    np.save("mel.npy", np.zeros((2, 80), np.float32))
    return np.ones_like(load().synthesize("mel.npy"))


@case(at="model(mel.to(device))", bad=REFUSED, fixed="[2, 2]")
def synthesize_all(load: Load, world: World) -> object:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(model.weight, 2.0)
    return load().synthesize_all(model, [torch.ones(1, 1, 1)] * 2, device_of(world)).ravel()


@case(at="(10 ** (gain / 20)).numpy()", bad=REFUSED.replace("{device}", "cuda:0"), fixed="[0.1, 1, 10]")
def gains(load: Load, world: World) -> object:
    return load().gains(20)[::4]
