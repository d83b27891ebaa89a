"""Indices that are there, or that somebody asked for."""

import torch


def first(x):
    if torch.cuda.is_available():
        # every machine with a GPU has this one
        return x.to("cuda:0").cuda(0)
    return x


def counted(x):
    if torch.cuda.device_count() > 1:
        # there are two
        return x.to("cuda:1")
    return x


def asserted(x):
    assert torch.cuda.device_count() >= 2, "this needs two GPUs"
    return x.cuda(1)


def unguarded(x):
    # it does not even ask for CUDA: that is hardcoded-cuda-move's
    return x.to("cuda:1")


def chosen(x, gpu):
    # as the user says
    return x.cuda(gpu) if torch.cuda.is_available() else x


def asked(x, parallel=False):
    if torch.cuda.is_available() and parallel:
        # an option of the user
        x = x.to("cuda:1")
    return x


def handled(x):
    try:
        return x.to("cuda:1")
    except (AssertionError, RuntimeError):
        return x


def compared(device):
    # a name, not a place
    return str(device) == "cuda:1"
