"""Which device of a machine is meant, and what torch says where there is none."""

from __future__ import annotations

import torch

from devlint.shim.machine import Machine


def index_of(machine: Machine, device: torch.device | None) -> int:
    """The index of the device that something is to be put on, by default the current one.

    Raises:
        torch.AcceleratorError: no device has this index (CUDA's own text, since torch 2.8; RuntimeError before).
        RuntimeError: this process was forked from one that uses CUDA (text of torch/cuda/__init__.py), or the index is
            out of range on another device.
    """
    if machine.forked:
        raise RuntimeError(
            "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
            "'spawn' start method"
        )
    if device is None or device.index is None:
        return machine.current
    if device.index >= machine.count:
        raise no_such_device(machine, device.index)
    return device.index


def no_such_device(machine: Machine, index: int) -> RuntimeError:
    """The error for an index that no device has."""
    if machine.device != "cuda":
        return RuntimeError(f"The device index is out of range. It must be in [0, {machine.count}), but got {index}.")
    kind = getattr(torch, "AcceleratorError", RuntimeError)
    error: RuntimeError = kind(
        "CUDA error: invalid device ordinal\nGPU device may be out of range, do you have enough GPUs?"
    )
    return error
