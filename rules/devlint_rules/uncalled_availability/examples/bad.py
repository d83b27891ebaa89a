"""A speech recognizer that picks its device."""

import torch
import torch.distributed as dist
from torch.cuda import is_available as has_gpu


class Recognizer:
    def __init__(self, model):
        self.device = "cuda" if torch.cuda.is_available else "cpu"  # expect: cpu, driverless
        self.model = model.to(self.device)
        self.wide = not torch.cuda.is_available  # expect: cpu, driverless

    def precision(self):
        # bfloat16 has the range of float32
        if torch.cuda.is_bf16_supported:  # expect: cpu, driverless
            return torch.bfloat16
        return torch.float32


def pick_device(batch):
    if batch > 8 and has_gpu:  # expect: cpu, driverless
        return torch.device("cuda")
    if (torch.backends.mps.is_available  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
            and batch > 4):
        return torch.device("mps")
    return torch.device("cpu")


def halved(loss):
    use_gpu = torch.cuda.is_available
    while use_gpu == True and loss > 0:  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        loss = loss / 2
    return loss


def reduced(loss):
    if dist.is_initialized:  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        dist.all_reduce(loss)
    return loss
