"""Handlers that take everything that comes, or are for something else."""

import torch


def everything():
    try:
        return torch.cuda.get_device_name(0)
    except Exception:
        return "no GPU"


def both():
    try:
        return torch.cuda.get_device_name(0)
    except (AssertionError, RuntimeError):
        return "no GPU"


def one_each():
    try:
        return torch.cuda.mem_get_info()
    except AssertionError:
        return 0, 0
    except RuntimeError:
        return 0, 1


def around():
    # what the inner handler lets through the outer one takes
    try:
        try:
            return torch.cuda.get_device_name(0)
        except RuntimeError:
            return "no driver"
    except AssertionError:
        return "no GPU"


def asked():
    # only reached where there is a GPU
    if not torch.cuda.is_available():
        return None
    try:
        return torch.cuda.current_device()
    except RuntimeError:
        return None


def harmless():
    # raises nothing without CUDA
    try:
        torch.cuda.empty_cache()
    except RuntimeError:
        print("the GPU is lost")


def raised_again(device):
    if device.type == "cuda":
        try:
            torch.cuda.synchronize()
        except RuntimeError as error:
            raise SystemExit from error
