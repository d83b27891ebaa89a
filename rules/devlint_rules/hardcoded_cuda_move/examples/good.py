"""Moves that are asked for, guarded, or to a selected device."""

import sys

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def selected(mel):
    return mel.to(device)


def guarded(mel, use_cuda=False):
    if torch.cuda.is_available():
        mel = mel.cuda()
    # an option of the user
    if use_cuda:
        mel = mel.cuda()
    return mel


def beside(mel: torch.Tensor):
    # where its operand is
    hidden = torch.zeros(1, 256)
    if mel.is_cuda:
        hidden = hidden.cuda()
    return hidden


def counted(model: nn.Module):
    if torch.cuda.device_count() > 0:
        model.cuda()
    return model


def asserted(model: nn.Module):
    assert torch.cuda.is_available(), "this needs a GPU"
    return model.cuda()


def left(model: nn.Module):
    if not torch.cuda.is_available():
        sys.exit("this needs a GPU")
    return model.to("cuda")


def handled(model: nn.Module):
    try:
        return model.cuda()
    except (AssertionError, RuntimeError):
        return model


def compared(name):
    # a name, not a place
    return name == "cuda", {"cuda": 1}


class Wrapper:
    def __init__(self, model):
        self.model = model

    def cuda(self):
        # whoever calls this asks for it
        self.model.cuda()
        return self


class Engine:
    def __init__(self, device):
        # asks for itself what a device is worth here
        if device.startswith("cuda") and not torch.cuda.is_available():
            device = "cpu"
        self.device = device


engine = Engine(device="cuda")


def compiled(path):
    try:
        import tensorrt
    except ImportError:
        install("tensorrt")
        import tensorrt
    # whoever gets here has the engine
    return tensorrt.open(path, torch.device("cuda"))


def numbered(model: nn.Module, path):
    if torch.cuda.device_count():
        model.to(0)
    # no tensor
    return path.to(0)


def weightless(classes):
    # a module without parameters and buffers moves nothing
    criterion = nn.CrossEntropyLoss().cuda()
    return criterion, nn.ReLU().to("cuda")
