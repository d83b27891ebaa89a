"""Availability functions that are called, or not asked at all."""

import torch
from torch.cuda import is_available

# passed on: whoever gets it calls it
PROBES = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}


def first_available(probes=PROBES):
    return next((name for name, probe in probes.items() if probe()), "cpu")


def pick(probe=None):
    # `or` hands the function on, and it is called in the next line
    probe = probe or torch.cuda.is_available
    return "cuda" if probe() else "cpu"


def names():
    # called, over several lines
    if (
        is_available
        ()
    ):
        return ["cuda", "cpu"]
    # an attribute of this name holds a bool
    if torch.backends.cudnn.enabled:
        return ["cudnn"]
    return ["cpu"]


def known(probe):
    # tests for the function itself, not for its answer
    return torch.cuda.is_available is not None and probe == torch.cuda.is_available


def stored():
    # the name holds what the call said
    available = torch.cuda.is_available()
    if available:
        return "cuda"
    return "cpu"
