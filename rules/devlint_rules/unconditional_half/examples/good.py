"""Half precision where there is hardware for it."""

import torch
from torch import nn


def by_availability(model: nn.Module):
    if torch.cuda.is_available():
        model = model.half()
    return model


def by_device(model: nn.Module, device: torch.device):
    model = model.to(device)
    return model.half() if device.type != "cpu" else model


def by_option(model: nn.Module, fp16):
    # a precision option: whoever sets it decides
    if fp16:
        model = model.half()
    return model


def stored(model: nn.Module, path):
    # only written
    torch.save(model.half(), path)
    torch.save({key: value.half() for key, value in model.state_dict().items()}, path)


def stored_later(model: nn.LayerNorm, path):
    # only written, and wide again before anything is computed
    model.half()
    torch.save(model.state_dict(), path)
    model.float()
    return model(torch.ones(3))


def picture(sample: torch.Tensor):
    # leaves the computation in the same breath
    return sample.to(torch.float16).cpu()


def mixed(latents: torch.Tensor, noise: torch.Tensor):
    # arithmetic, which the CPU has in half precision
    weight = torch.cos(noise).to(torch.float16)
    return latents * (1 - weight) + noise * weight


def export(weights, path):
    # one entry of a state dict after the other
    small = {}
    for key in weights:
        small[key] = weights[key].half()
    torch.save(small, path)


def chain(latents: torch.Tensor, model: nn.Module):
    # the model's own precision is what counts
    return model(latents.half().detach().to(dtype=model.weight.dtype))


def chosen(model: nn.Module, dtype=torch.float16):
    # written down elsewhere
    return model.to(dtype)


def rounded(mel: torch.Tensor):
    # rounds the numbers, and is wide again
    return mel.half().float()


def bfloat(model: nn.Module):
    # bfloat16 has kernels for the CPU
    return model.to(torch.bfloat16)


def text(clock):
    # half of something else
    return clock.half(3)


class Encoder:
    # both places ask for the same
    def __init__(self, device, is_half):
        self.device = device
        self.is_half = is_half
        self.model = nn.Linear(80, 256).to(device)
        if self.is_half and str(self.device) != "cpu":
            self.model = self.model.half()

    def __call__(self, mel):
        if self.is_half and self.device != "cpu":
            mel = mel.half()
        return self.model(mel)
