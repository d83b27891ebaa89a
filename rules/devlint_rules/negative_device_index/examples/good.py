"""Indices of devices that are tested, or are no devices."""

import torch


def guarded(x: torch.Tensor):
    if x.is_cuda:
        return torch.zeros(1, device=x.get_device())
    return torch.zeros(1)


def compared(x: torch.Tensor):
    index = x.get_device()
    if index >= 0:
        return torch.zeros(1, device=index)
    return torch.zeros(1)


def otherwise(x: torch.Tensor):
    return torch.zeros(1, device=x.get_device() if x.is_cuda else "cpu")


def key(x: torch.Tensor, streams):
    print(x.get_device())
    return streams[x.get_device()]


def selected(model):
    # a function of this name may give a device
    return model.to(get_device())


class Camera:
    def get_device(self):
        return torch.device("cpu")

    def rays(self):
        return torch.zeros(3, device=self.get_device())


def shoot(camera):
    # a method of the project
    return torch.zeros(3, device=camera.get_device())


def caught(x: torch.Tensor):
    try:
        return torch.zeros(1, device=x.get_device())
    except RuntimeError:
        return torch.zeros(1)
