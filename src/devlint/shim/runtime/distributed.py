"""``torch.distributed``: the backends there are, of which NCCL is played over gloo.

The classes that a build for CUDA has for NCCL are replaced in every build, so that the library is never asked.
"""

from __future__ import annotations

import atexit
import datetime
import time
from collections.abc import Callable
from typing import Any, NoReturn

import torch
import torch.distributed as dist

from devlint.shim import Unsupported, collectives, nccl, timers, works
from devlint.shim.communicators import Communicators, kept
from devlint.shim.runtime import process_group
from devlint.shim.simulation import Simulation

_c10d: Any = dist.distributed_c10d
#: the version that torch says of NCCL, as it packs it: 2.27.5
_VERSION = 2 << 32 | 27 << 16 | 5
#: what a build for CUDA calls its backends of NCCL; some builds have only the first
_CLASSES = ("ProcessGroupNCCL", "ProcessGroupNCCL2", "ProcessGroupNCCLLazy")
#: methods of ``ProcessGroup`` that reduce
_REDUCTIONS = (
    "allreduce", "allreduce_coalesced", "reduce", "reduce_scatter", "_reduce_scatter_base", "reduce_scatter_single",
    "reduce_scatter_tensor_coalesced", "reduce_scatter_single_coalesced",
)  # fmt: skip


def install(simulation: Simulation) -> None:
    """Let NCCL be there, and gloo take tensors of the played GPUs."""
    communicators = Communicators(simulation.machine)
    _say_built(process_group.group_class())
    collectives.register(simulation, communicators)
    timers.install()
    native: Any = torch._C
    native._nccl_version, native._nccl_version_suffix = lambda: _VERSION, lambda: b""
    for name in ("unique_id", "init_rank", "all_reduce", "reduce", "broadcast", "all_gather", "reduce_scatter"):
        setattr(native, f"_nccl_{name}", process_group.unsupported(f"torch.cuda.nccl.{name}"))
    _answer_group(communicators)
    _answer_work()
    atexit.register(works.finish)


def install_driverless() -> None:
    """Let NCCL be there, for GPUs that are not."""

    class ProcessGroupNCCL:
        class Options(process_group.Options):
            """Can be made all the same."""

        def __init__(self, *_: Any, **__: Any) -> NoReturn:
            raise ValueError("ProcessGroupNCCL is only supported with GPUs, no GPUs found!")  # ProcessGroupNCCL.cpp

    _say_built(ProcessGroupNCCL)


def take_away() -> None:
    """Let torch say that it was built without NCCL."""
    _c10d._NCCL_AVAILABLE = False
    for module in (_c10d, dist, torch._C._distributed_c10d):
        for name in _CLASSES:
            module.__dict__.pop(name, None)


def refuse(simulation: Simulation) -> None:
    """The same on a machine without GPUs of NVIDIA's, whose own backends are not played."""
    take_away()
    collectives.refuse(simulation)
    if simulation.machine.device == "xpu":
        made = {"Options": process_group.Options, "__init__": process_group.unsupported("ProcessGroupXCCL", "xpu")}
        _c10d._XCCL_AVAILABLE, _c10d.ProcessGroupXCCL = True, type("ProcessGroupXCCL", (), made)


def _say_built(backend: type) -> None:
    _c10d._NCCL_AVAILABLE = True
    _c10d.default_pg_nccl_timeout = _c10d.default_pg_nccl_timeout or datetime.timedelta(minutes=10)
    for owner in (_c10d, dist, torch._C._distributed_c10d):
        for name in _CLASSES:
            setattr(owner, name, backend)


def _answer_group(communicators: Communicators) -> None:
    """What Python asks of a group in C++, which its C++ asks of a backend there."""
    group: Any = dist.ProcessGroup
    group._register_backend = kept(group._register_backend)
    split, start, end = group.split_group, group._start_coalescing, group._end_coalescing

    def is_nccl(one: Any, device: torch.device) -> bool:
        return device.type == "cuda" and communicators.of(one).nccl

    def start_coalescing(self: Any, device: torch.device) -> None:
        communicators.of(self).begin() if is_nccl(self, device) else start(self, device)

    def end_coalescing(self: Any, device: torch.device) -> Any:
        return communicators.of(self).end() if is_nccl(self, device) else end(self, device)

    def split_group(self: Any, ranks: list[int], *args: Any, **named: Any) -> Any:
        if not is_nccl(self, torch.device("cuda")):
            return split(self, ranks, *args, **named)
        if self.rank() in ranks:
            return process_group.split(self, ranks, **named)
        self._get_backend(torch.device("cuda")).perform_nocolor_split()
        return None

    def reduction(method: Callable[..., Any]) -> Callable[..., Any]:
        def reduced(self: Any, tensors: Any, *args: Any, **kwargs: Any) -> Any:
            if any(tensor.is_cuda for tensor in nccl.tensors_in(tensors)) and communicators.of(self).nccl:
                for given in (*args, *kwargs.values()):
                    nccl.refuse_reduction(getattr(given, "reduceOp", given), tensors)
            return method(self, tensors, *args, **kwargs)

        return reduced

    group._start_coalescing, group._end_coalescing, group.split_group = start_coalescing, end_coalescing, split_group
    for name in _REDUCTIONS:
        if hasattr(group, name):
            setattr(group, name, reduction(getattr(group, name)))


def _answer_work() -> None:
    """What C++ does not do with work whose future Python made: raise what its future raises, and wait for a while."""
    work: Any = dist.Work
    wait, get_future = work.wait, work.get_future

    def awaited(self: Any, timeout: datetime.timedelta = datetime.timedelta(0)) -> bool:
        try:
            ended = wait(self, timeout)
        except RuntimeError as error:
            if "finite timeout not implemented" not in str(error):
                raise
            _poll(self, timeout)
            ended = wait(self)
        works.require(self)
        return bool(ended)

    def future(self: Any) -> Any:
        try:
            return get_future(self)
        except RuntimeError as error:
            if "not implemented" in str(error):
                raise Unsupported(
                    "torch.distributed: the future of what is sent, received or reduced and scattered"
                ) from None
            raise

    work.wait, work.get_future = awaited, future
    work.block_current_stream = lambda self: awaited(self) and None  # the stream is this thread


def _poll(work: Any, timeout: datetime.timedelta) -> None:
    until = time.monotonic() + timeout.total_seconds()
    while not work.is_completed():
        if time.monotonic() > until:
            raise dist.DistBackendError("Watchdog caught collective operation timeout: NCCL operation timed out")
        time.sleep(1e-3)
