"""How much memory the tensors of each device take, and the error of a device that has none left."""

from __future__ import annotations

import weakref
from collections import defaultdict

import torch

from devlint.shim.machine import Machine


class Memory:
    """Bytes by device index: ``allocated`` now, and at most since the last ``reset_peak``."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.allocated: dict[int, int] = defaultdict(int)
        self.peak: dict[int, int] = defaultdict(int)
        self._held: dict[int, weakref.ref[torch.Tensor]] = {}

    def hold(self, host: torch.Tensor, index: int) -> None:
        """Count the memory of a host tensor for a device until nothing uses it any more.

        Raises:
            torch.OutOfMemoryError: the device is full.
        """
        size = host.untyped_storage().nbytes()
        allocated = self.allocated[index] + size
        if allocated > self._machine.capacity:
            raise self._full(size, index)
        self.allocated[index] = allocated
        if allocated > self.peak[index]:
            self.peak[index] = allocated
        key = id(host)
        self._held[key] = weakref.ref(host, lambda _: self._release(key, size, index))

    def require(self, size: int, index: int) -> None:
        """Make sure that so many bytes are free.

        Raises:
            torch.OutOfMemoryError: they are not; on MPS its base, RuntimeError.
        """
        if self.allocated[index] + size > self._machine.capacity:
            raise self._full(size, index)

    def reset_peak(self, index: int) -> None:
        self.peak[index] = self.allocated[index]

    def _release(self, key: int, size: int, index: int) -> None:
        self._held.pop(key, None)
        self.allocated[index] -= size

    def _full(self, wanted: int, index: int) -> RuntimeError:
        """What a full device says (c10/cuda/CUDACachingAllocator.cpp and c10/xpu/XPUCachingAllocator.cpp, cut short;
        aten/src/ATen/mps/MPSAllocator.mm)."""
        device, capacity, allocated = self._machine.device.upper(), self._machine.capacity, self.allocated[index]
        if device == "MPS":
            return RuntimeError(
                f"MPS backend out of memory (MPS allocated: {_text(allocated)}, other allocations: 0 bytes, "
                f"max allowed: {_text(capacity)}). Tried to allocate {_text(wanted)} on private pool. "
                "Use PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0 to disable upper limit for memory allocations "
                "(may cause system failure)."
            )
        return torch.OutOfMemoryError(
            f"{device} out of memory. Tried to allocate {_text(wanted)}. GPU {index} has a total capacity of "
            f"{_text(capacity)} of which {_text(capacity - allocated)} is free."
        )


def _text(size: int) -> str:
    """Bytes as torch prints them. c10/util/Exception.h: format_size"""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size / unit:.2f} {name}"
    return f"{size} bytes"
