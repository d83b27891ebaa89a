"""What is known about the GPU, with an answer where there is none."""

import torch


def gpu_name():
    try:
        return torch.cuda.get_device_name(0)
    except RuntimeError:  # expect: cpu
        return "no GPU"


def free_memory():
    try:
        free, total = torch.cuda.mem_get_info()
    except AssertionError:  # expect: driverless
        return 0
    return free / total


def use_gpu(number):
    try:
        torch.cuda.set_device(number)
        return torch.cuda.current_device()
    except (AssertionError, RuntimeError):  # expect: cpu
        return None


def capability():
    try:
        major, minor = torch.cuda.get_device_capability()
    except (ValueError, RuntimeError) as error:  # expect: cpu
        print(error)
        return 0.0
    return major + minor / 10
