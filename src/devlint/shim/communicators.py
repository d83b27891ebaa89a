"""What a group of ``torch.distributed`` does with tensors of the played device: gloo sends their memory for it."""

from __future__ import annotations

import socket
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch._C._distributed_c10d import ProcessGroup

from devlint.shim import works
from devlint.shim.machine import Machine

#: torch/csrc/distributed/c10d/NCCLUtils.hpp and .cpp, around what NCCL itself says of such ranks
_DUPLICATE = """\
NCCL error in: torch/csrc/distributed/c10d/NCCLUtils.cpp, invalid usage (run with NCCL_DEBUG=WARN for details)
ncclInvalidUsage: This usually reflects invalid usage of NCCL library.
Last error:
Duplicate GPU detected : rank {} and rank {} both on CUDA device {}"""


@dataclass(eq=False)
class Communicator:
    """One group's; ``host`` is a group of the same processes that takes tensors of the CPU."""

    machine: Machine
    host: ProcessGroup
    nccl: bool
    store: Any
    bound: torch.device | None
    #: what was begun since ``begin``; None outside of it
    _begun: list[Any] | None = None
    _joined: list[int] = field(default_factory=list)
    #: what went wrong so far
    failures: list[Exception] = field(default_factory=list)

    @classmethod
    def of(cls, machine: Machine, group: ProcessGroup) -> Communicator:
        """That of a group.

        Raises:
            RuntimeError: it has no backend for the played device (torch/csrc/distributed/c10d/ProcessGroup.cpp).
        """
        backend = group._get_backend(torch.device(machine.device))
        host = ProcessGroup(group.get_group_store(), group.rank(), group.size())
        host._register_backend(torch.device("cpu"), ProcessGroup.BackendType.GLOO, backend)
        # a backend that is wrapped for debugging is known by its group
        nccl = "nccl" in (backend.name(), group.name())
        return cls(machine, host, nccl, group.get_group_store() if nccl else None, group.bound_device_id)

    def require(self) -> None:
        """Make sure that nothing went wrong yet: C++ waits for the end of a future, and does not look how it ended."""
        if self.failures:
            raise self.failures[0]

    # -- ranks

    def join(self, index: int) -> None:
        """Make sure that every process of the group brings a GPU of its own to what they do first together with these;
        it is then that NCCL makes a communicator, and waits for all of them.

        Raises:
            torch.distributed.DistBackendError: two of them bring the same, or this one is bound to another.
        """
        if index in self._joined or not self.nccl:
            return
        if self.bound is not None and self.bound.index != index:
            # ProcessGroupNCCL.cpp: initNCCLComm
            raise torch.distributed.DistBackendError(
                "Attempt to perform collective on tensor not on device passed to init_process_group"
            )
        number, rank = len(self._joined), self.host.rank()
        self._joined.append(index)
        self.store.set(f"devlint/{number}/{rank}", f"{socket.gethostname()} {index}")
        owner: dict[bytes, int] = {}
        for other in range(self.host.size()):
            first = owner.setdefault(self.store.get(f"devlint/{number}/{other}"), other)
            if first != other:
                raise torch.distributed.DistBackendError(_DUPLICATE.format(other, first, f"{index + 1:x}000"))

    def meet(self, device_ids: Sequence[int]) -> None:
        """The same for a barrier, which has no tensor to say where (ProcessGroupNCCL.cpp: barrier)."""
        if device_ids:
            self.join(device_ids[0])
        elif self.bound is not None:
            self.join(self.bound.index)
        elif not self._joined:
            self.join(self.host.rank() % self.machine.count)

    # -- several at once

    def begin(self) -> None:
        self._begun = []

    def end(self) -> Any:
        """The work of everything since ``begin``; None where there was nothing."""
        begun, self._begun = self._begun, None
        return works.Together(begun) if begun else None

    def began(self, work: Any) -> Any:
        """The same work, noted."""
        if self._begun is not None:
            self._begun.append(work)
        return work


class Communicators:
    """Those of all groups, as long as these live."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._found: weakref.WeakKeyDictionary[ProcessGroup, Communicator] = weakref.WeakKeyDictionary()

    def of(self, group: ProcessGroup) -> Communicator:
        if group not in self._found:
            self._found[group] = Communicator.of(self._machine, group)
        return self._found[group]


def kept(register: Callable[..., None]) -> Callable[..., None]:
    """``ProcessGroup._register_backend`` that lets a backend live longer than its group.

    C++ alone would keep its own half of a backend of Python's. And gloo's last owner waits for its threads: Python lets
    others run meanwhile, and what C++ has of a module in parallel does not, for which a thread that has yet to give
    back what is Python's would wait in turn.
    """
    backends: list[tuple[weakref.ref[ProcessGroup], Any]] = []

    def registered(group: ProcessGroup, device: torch.device, kind: Any, backend: Any = None) -> None:
        if not works.busy():
            backends[:] = [(owner, held) for owner, held in backends if owner() is not None]
        register(group, device, kind, backend)
        backends.append((weakref.ref(group), backend))

    return registered
