"""Choices that are followed, or that are none."""

import torch
from torch import nn


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    # what is absent asks for nothing
    if not torch.cuda.is_available() or kwargs.get("ngpu", 1) == 0:
        device = "cpu"
    return device


def negated(use_gpu=True, device="cuda"):
    # the CPU is asked for
    if not torch.cuda.is_available() or not use_gpu:
        device = "cpu"
    return device


def by_device(**kwargs):
    device = kwargs.get("device", "cuda")
    # the choice itself decides
    if not torch.cuda.is_available() or device == "cpu":
        device = "cpu"
    return device


def without_choice(**kwargs):
    # nobody chose this device: the CPU is what there is by default
    device = "cuda"
    if not torch.cuda.is_available() or kwargs.get("ngpu", 0) == 0:
        device = "cpu"
    return device


def fallback(model, device="cuda"):
    # the hardware decides, not another request
    if not torch.cuda.is_available():
        device = "cpu"
    return model.to(device)


def completed(model, device=None):
    # the choice is read before it is completed
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.to(device)


def asked_for(model, device="cpu"):
    # the choice is heard beside the hardware
    if torch.cuda.is_available() and device != "cpu":
        device = "cuda:0"
    return model.to(device)


def normalised(model, device="cuda"):
    # bound anew from itself
    device = torch.device(device)
    return model.to(device)


def operands(x, device=None):
    # follows its operand, and needs no choice
    return torch.zeros(3, device=x.device) + x


def moved(x, device=None):
    return torch.zeros(3).to(x)


def compatible(length, device=None):
    """Positions of a sequence.

    device: unused, kept for older callers
    """
    return torch.arange(length)


def deleted(length, device=None):
    # said in the language
    del device
    return torch.arange(length)


def everything(length, device=None):
    # read as part of all local names
    options = dict(locals())
    return torch.arange(length), options


class Backend:
    # another class of the file has the same method: they share an interface
    def positions(self, length, device):
        return torch.arange(length, device=device)


class HostBackend:
    def positions(self, length, device):
        return torch.arange(length)


class Derived(nn.TransformerEncoder):
    # the base may have this method
    def mask(self, length, device):
        return torch.ones(length, length)


class Net(nn.Module):
    # the signature of `forward` belongs to those who call every such module
    def forward(self, x, device=None):
        return x + torch.ones(3)


def callback(length, device):
    return torch.arange(length)


# handed around: its parameters are those that the caller of all such functions passes
CALLBACKS = {"positions": callback}


def chained(path, device):
    # loaded on the CPU, and moved to the chosen device
    model = torch.load(path, map_location="cpu")
    return model.eval().to(device)


class Session:
    # this session is told where to run
    def __init__(self, path, providers):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(path, providers=providers)

    def predict(self, image, **kwargs):
        return self.session.run(None, {"images": image})


def rename(device):
    # nothing here computes
    return "positions"
