"""What the runtime of every kind of accelerator is asked: the current device, and how much memory is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from devlint.shim.ordinals import no_such_device
from devlint.shim.simulation import Simulation

#: memory statistics by name that count bytes. torch.cuda.memory_stats
_BYTES = "allocated_bytes reserved_bytes active_bytes requested_bytes inactive_split_bytes".split()
_COUNTS = "allocation segment active inactive_split".split()
_POOLS = ("all", "small_pool", "large_pool")


class Devices:
    """The devices of a machine as the modules of torch ask for them, by index; None is the current one."""

    def __init__(self, simulation: Simulation) -> None:
        self._machine, self._memory, self._copies = simulation.machine, simulation.memory, simulation.copies

    def count(self) -> int:
        return self._machine.count

    def current(self) -> int:
        return self._machine.current

    def set(self, index: int) -> None:
        """Make a device the current one; -1 changes nothing.

        Raises:
            RuntimeError: there is none of this index.
        """
        if not -1 <= index < self._machine.count:
            raise no_such_device(self._machine, index)
        if index >= 0:
            self._machine.current = int(index)

    def exchange(self, index: int) -> int:
        """The same, and which was current before."""
        before = self._machine.current
        self.set(index)
        return before

    def maybe_exchange(self, index: int) -> int:
        """The same; torch.compile tells the two apart by what they are."""
        return self.exchange(index)

    def synchronize(self, *_: Any) -> None:
        self._copies.finish()

    # -- memory

    def free(self, index: int | None = None) -> tuple[int, int]:
        """Bytes that are free, and all there are."""
        return self._machine.capacity - self._memory.allocated[self._index(index)], self._machine.capacity

    def allocated(self, index: int | None = None) -> int:
        return self._memory.allocated[self._index(index)]

    def statistics(self, index: int | None = None) -> dict[str, Any]:
        """The statistics of an allocator without pools: bytes as they are counted, the rest made of them."""
        index = self._index(index)
        now, peak = self._memory.allocated[index], self._memory.peak[index]
        some = {"current": now, "peak": peak, "allocated": peak, "freed": max(peak - now, 0)}
        none = dict.fromkeys(some, 0)
        found: dict[str, Any] = {name: dict.fromkeys(_POOLS, some) for name in (*_BYTES, *_COUNTS)}
        return found | {
            "num_alloc_retries": 0, "num_ooms": 0, "max_split_size": -1, "num_sync_all_streams": 0,
            "num_device_alloc": 1, "num_device_free": 0, "oversize_allocations": none, "oversize_segments": none,
        }  # fmt: skip

    def reset_peak(self, index: int | None = None) -> None:
        self._memory.reset_peak(self._index(index))

    # -- as C++ has them

    def natives(self) -> dict[str, Callable[..., object]]:
        """The functions of C++ that ``torch.cuda`` and ``torch.xpu`` call, by their names without a prefix."""
        return {
            "getDeviceCount": self.count,
            "init": nothing,
            "getDevice": self.current,
            "setDevice": self.set,
            "exchangeDevice": self.exchange,
            "maybeExchangeDevice": self.maybe_exchange,
            "synchronize": self.synchronize,
            "isInBadFork": lambda: self._machine.forked,
            "canDeviceAccessPeer": lambda one, other: True,
            "emptyCache": nothing,
            "memoryStats": self.statistics,
            "resetPeakMemoryStats": self.reset_peak,
            "resetAccumulatedMemoryStats": nothing,
        }

    def _index(self, index: int | None) -> int:
        return self._machine.current if index is None else index


def nothing(*_: Any, **__: Any) -> None:
    """What has no effect on a played machine."""
