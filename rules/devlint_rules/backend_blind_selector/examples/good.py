"""Selections that ask for the backend, or have none to ask for."""

import sys

import torch

from options import args, shared

backend = None  # set when the options are read
cuda_ok = torch.cuda.is_available()


def asked_first():
    if backend == "openvino":
        return "cpu"
    if cuda_ok:
        return "cuda"
    if sys.platform == "darwin" and backend != "openvino":
        return "mps"
    return "cpu"


def asked_in_the_condition():
    if cuda_ok and backend not in ["openvino", "directml"]:
        return "cuda"
    return "cpu" if backend == "openvino" else "mps"


def asked_through_a_switch():
    if not shared.cmd_opts.use_openvino and torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("cpu")


def asked_everywhere():
    if not torch.cuda.is_available():
        return {"device": "openvino"} if backend == "openvino" else {"device": "cpu"}
    return {"device": "openvino"} if backend == "openvino" else {"device": "cuda"}


def asked_around():
    if not args.use_openvino:
        if torch.cuda.is_available():
            return "cuda"
    elif args.use_openvino:
        return "cpu"
    return "cpu"


def overruled_in_the_branch():
    if cuda_ok:
        device = "cpu" if backend == "openvino" else "cuda"
    else:
        device = "cpu"
    return device


def taken_on_purpose():
    # the chosen backend is part of the very condition
    if cuda_ok or backend == "directml":
        return accelerator()
    return "cpu"


def asked_for_another():
    # nothing says that `openvino` concerns this function
    if backend == "directml":
        return "privateuseone"
    if cuda_ok:
        return "cuda"
    return "cpu"


def accelerator():
    # no hardware is asked for here: the caller has done it
    if backend == "directml":
        return "privateuseone"
    return "cpu" if backend == "openvino" else "cuda"


def of_no_backend():
    # nothing in this function says that a backend concerns it
    if torch.cuda.is_available():
        return "cuda"
    return "cpu"


def no_device():
    if torch.cuda.is_available():
        label = "NVIDIA"
    elif backend == "openvino":
        label = "OpenVINO"
    else:
        label = "none"
    return label


def for_export(fmt):
    # a file format, no backend
    if torch.cuda.is_available():
        device = "cuda"
    elif fmt == "openvino":
        device = "cpu"
    return device
