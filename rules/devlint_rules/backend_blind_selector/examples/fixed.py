"""Device selection of an application whose user may choose a backend beside torch's own."""

import sys

import torch

from options import args

backend = None  # set when the options are read
cuda_ok = torch.cuda.is_available()


def device_name():
    if cuda_ok and backend != "openvino":
        return "cuda"
    if sys.platform == "darwin" and backend != "openvino":
        return "mps"
    return "cpu"


def numbered_device(index):
    if (torch.cuda.is_available() or backend == "directml") and backend not in ("openvino", "ipex"):
        return f"cuda:{index}"
    elif has_mps() and backend not in ("openvino", "ipex"):
        return "mps"
    return "cpu"


def device_of_options():
    device = torch.device("cpu")
    if torch.cuda.is_available() and torch.cuda.device_count() > 0 and not args.use_openvino:
        device = torch.device("cuda")
    elif args.use_openvino:
        print("inference on the CPU")
    return device


def description():
    if not torch.cuda.is_available() or backend == "openvino":
        if backend == "openvino":
            return {"device": "openvino"}
        return {"device": "cpu"}
    return {"device": "cuda"}


def has_mps():
    return torch.backends.mps.is_available()
