"""Copies to the host that are not there before somebody waits for them."""

from __future__ import annotations

from torch import Tensor


class Copies:
    """``tensor.to("cpu", non_blocking=True)`` that the device has yet to finish: destination and source. Only where
    ``lazy`` is set; else such a copy is done at once."""

    def __init__(self) -> None:
        self.lazy = False
        self._pending: list[tuple[Tensor, Tensor]] = []

    def delay(self, destination: Tensor, source: Tensor) -> None:
        """Let a tensor of the CPU hold what it held until ``finish``; the source is what it is now."""
        self._pending.append((destination, source.clone()))

    @property
    def done(self) -> bool:
        return not self._pending

    def finish(self) -> None:
        """What synchronising does."""
        pending, self._pending[:] = list(self._pending), []
        for destination, source in pending:
            destination.copy_(source)
