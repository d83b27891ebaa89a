"""The device of the application, selected once."""

import sys

import torch

cuda_ok = torch.cuda.is_available()
backend = None  # set when the application starts
device = None


def choose_backend():
    global backend
    from modules.shared import cmd_opts

    if cmd_opts.use_openvino:
        backend = "openvino"
    elif cmd_opts.use_ipex:
        backend = "ipex"
    elif torch.cuda.is_available():
        backend = "cuda"
    else:
        backend = "cpu"


def has_mps():
    return sys.platform == "darwin" and torch.backends.mps.is_available()


def cuda_name():
    from modules.shared import cmd_opts

    if backend == "ipex":
        return "xpu"
    return "cuda" if cmd_opts.device_id is None else f"cuda:{cmd_opts.device_id}"


def optimal_name():
    if backend == "openvino":
        return "cpu"
    if cuda_ok or backend == "directml":
        return cuda_name()
    if has_mps() and backend != "openvino":
        return "mps"
    return "cpu"


def start():
    global device
    choose_backend()
    device = torch.device(optimal_name())
