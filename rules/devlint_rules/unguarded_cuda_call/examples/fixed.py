"""A benchmark with its own idea of where it runs."""

import os
import time

import torch
from torch.cuda import Event
import torch.cuda as gpu

NAME = os.environ.get("BENCHMARK_NAME") or torch.cuda.get_device_name(0)
DTYPE = torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float32

NARROW = not (torch.cuda.is_available() and torch.cuda.is_bf16_supported())


def timed(model, x, device="cpu"):
    start = time.perf_counter()
    model(x)
    if str(device).startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter() - start


def events(model, x):
    start = Event(enable_timing=True)
    model(x)
    return start


def finish(start):
    if gpu.is_available():
        gpu.synchronize()
    return time.perf_counter() - start


def worker(rank, model):
    if torch.cuda.is_available():
        torch.cuda.set_device(rank)
    return model


def on(rank, model, x):
    with torch.cuda.device(rank):
        return model(x)


def memory():
    free, total = torch.cuda.mem_get_info()
    return free / total


def reset():
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
