"""Calls that are guarded, or harmless."""

import torch

if torch.cuda.is_available():
    NAME = torch.cuda.get_device_name(0)
else:
    NAME = "cpu"


def harmless(seed):
    # no-ops or plain answers without CUDA
    torch.cuda.empty_cache()
    torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.benchmark = True
    return torch.cuda.device_count(), torch.cuda.memory_allocated(), torch.cuda.is_initialized()


def by_device(model, x, device):
    y = model(x)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return y


def early(rank):
    if not torch.cuda.is_available():
        return
    torch.cuda.set_device(rank)


def each():
    # no trip without a GPU
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]


def tried():
    try:
        return torch.cuda.mem_get_info()
    except (AssertionError, RuntimeError):
        return None


def short(dtype):
    # the second operand is asked only where there is a GPU
    return torch.cuda.is_available() and torch.cuda.get_device_capability()[0] >= 8


def referred():
    # named, not called
    return torch.cuda.synchronize if torch.cuda.is_available() else lambda: None


class Capabilities:
    def __init__(self, index):
        # who has an instance has CUDA
        if not torch.cuda.is_available():
            raise NotImplementedError("needs CUDA")
        self.index = index

    def major(self):
        return torch.cuda.get_device_capability(self.index)[0]
