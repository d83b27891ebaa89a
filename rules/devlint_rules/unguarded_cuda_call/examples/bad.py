"""A benchmark with its own idea of where it runs."""

import os
import time

import torch
from torch.cuda import Event
import torch.cuda as gpu

NAME = os.environ.get("BENCHMARK_NAME") or torch.cuda.get_device_name(0)  # expect: cpu, driverless
DTYPE = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32  # expect: driverless

NARROW = not torch.cuda.is_bf16_supported()  # expect: driverless


def timed(model, x, device="cpu"):
    start = time.perf_counter()
    model(x)
    torch.cuda.synchronize()  # expect: cpu, driverless
    return time.perf_counter() - start


def events(model, x):
    start = Event(enable_timing=True)  # expect: cpu
    model(x)
    return start


def finish(start):
    gpu.synchronize()  # expect: cpu, driverless
    return time.perf_counter() - start


def worker(rank, model):
    torch.cuda.set_device(rank)  # expect: cpu, driverless
    return model


def on(rank, model, x):
    with torch.cuda.device(rank):  # expect: cpu, driverless
        return model(x)


def memory():
    free, total = torch.cuda.mem_get_info()  # expect: cpu, driverless
    return free / total


def reset():
    torch.cuda.reset_peak_memory_stats()  # expect: cpu, driverless
