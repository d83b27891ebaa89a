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
        self.require(size, index)
        allocated = self.allocated[index] + size
        self.allocated[index] = allocated
        if allocated > self.peak[index]:
            self.peak[index] = allocated
        key = id(host)
        self._held[key] = weakref.ref(host, lambda _: self._release(key, size, index))

    def require(self, size: int, index: int) -> None:
        """Make sure that so many bytes are free.

        Raises:
            torch.OutOfMemoryError: they are not (text of c10/cuda/CUDACachingAllocator.cpp, cut short).
        """
        if self.allocated[index] + size > self._machine.capacity:
            raise self._full(size, index)

    def reset_peak(self, index: int) -> None:
        self.peak[index] = self.allocated[index]

    def _release(self, key: int, size: int, index: int) -> None:
        self._held.pop(key, None)
        self.allocated[index] -= size

    def _full(self, size: int, index: int) -> torch.OutOfMemoryError:
        capacity = self._machine.capacity
        free = capacity - self.allocated[index]
        return torch.OutOfMemoryError(
            f"{self._machine.device.upper()} out of memory. Tried to allocate {size / 2**20:.2f} MiB. GPU {index} has "
            f"a total capacity of {capacity / 2**30:.2f} GiB of which {free / 2**20:.2f} MiB is free."
        )
