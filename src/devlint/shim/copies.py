"""Copies to the host that are not there before somebody waits for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from devlint.shim.dispatch import KERNELLESS, Kernel
from devlint.shim.machine import Machine


class Copies:
    """The copies that the devices have yet to finish, destination and source. Only on a machine that is played with
    ``asynchronous`` copies; on others each is done at once."""

    def __init__(self, machine: Machine, asynchronous: bool) -> None:
        self._machine = machine
        self.asynchronous = asynchronous
        self._pending: list[tuple[Tensor, Tensor]] = []

    @property
    def into_pinned(self) -> bool:
        """Whether a copy goes on by itself only into pinned memory: with CUDA and its like, and not with MPS (CUDA
        Runtime API, "API synchronization behavior"; aten/src/ATen/native/mps/operations/Copy.mm)."""
        return self._machine.device != "mps"

    def copy(self, destination: Tensor, source: Tensor, *, blocking: bool) -> None:
        """Copy from a device to the host, whose tensors both are by now."""
        if blocking or not self.asynchronous or (self.into_pinned and not destination.is_pinned()):
            self.finish()
            destination.copy_(source)
        else:
            self._pending.append((destination, source.clone()))  # what the source is now, whatever becomes of it

    def query(self) -> bool:
        """Whether all are done. Who asks again finds them done: until then the devices went on."""
        done = not self._pending
        self.finish()
        return done

    def finish(self) -> None:
        """What synchronising does."""
        pending, self._pending[:] = list(self._pending), []
        for destination, source in pending:
            destination.copy_(source)

    def waiting(self, kernel: Kernel) -> Kernel:
        """The same kernel, whose result the host has to wait for: how many elements are not zero, for example."""

        def waited(*args: Any, **kwargs: Any) -> Any:
            self.finish()
            return kernel(*args, **kwargs)

        return waited if self.asynchronous else kernel


def conversion(copies: Copies, op: Any, host: Callable[[Tensor], Tensor]) -> Kernel:
    """The kernel of ``tensor.to("cpu", non_blocking=True)``, whose result is pinned where that makes the copy go on by
    itself (ATen/native/TensorConversions.cpp), and here zeros until it is done; other conversions are left to torch."""

    def convert(
        tensor: Tensor, *, dtype: torch.dtype | None = None, device: torch.device | None = None,
        non_blocking: bool = False, memory_format: torch.memory_format | None = None, **options: Any,
    ) -> Tensor:  # fmt: skip
        if not non_blocking or device is None or device.type != "cpu":
            return op.redispatch(  # type: ignore[no-any-return]
                KERNELLESS, tensor, dtype=dtype, device=device, non_blocking=non_blocking, memory_format=memory_format,
                **options,
            )  # fmt: skip
        source = host(tensor)
        form = torch.preserve_format if memory_format is None else memory_format
        made = torch.zeros_like(source, dtype=dtype, memory_format=form)
        if copies.into_pinned:
            made = made.pin_memory()
        copies.copy(made, source, blocking=False)
        return made

    return convert
