"""``torch.distributed``: the backends there are, of which NCCL is played over gloo.

The classes that a build for CUDA has for NCCL are replaced in every build, so that the library is never asked.
"""

from __future__ import annotations

import atexit
import datetime
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch import cuda

from devlint.shim import Unsupported, collectives, nccl, timers, works
from devlint.shim.communicators import Communicators, kept
from devlint.shim.simulation import Simulation

#: the version that torch says of NCCL, as it packs it: 2.27.5
_VERSION = 2 << 32 | 27 << 16 | 5
#: what a build for CUDA calls its backends of NCCL; all but the first since 2.14
_CLASSES = ("ProcessGroupNCCL", "ProcessGroupNCCL2", "ProcessGroupNCCLLazy")
#: methods of ``ProcessGroup`` that reduce
_REDUCTIONS = (
    "allreduce", "allreduce_coalesced", "reduce", "reduce_scatter", "_reduce_scatter_base", "reduce_scatter_single",
    "reduce_scatter_tensor_coalesced", "reduce_scatter_single_coalesced",
)  # fmt: skip
#: what more there is of NCCL
_UNPLAYED = ("_comm_ptr", "comm_ptr", "register_mem_pool", "deregister_mem_pool", "shrink", "suspend", "resume")


def install(simulation: Simulation) -> None:
    """Let NCCL be there, and gloo take tensors of the played GPUs."""
    communicators = Communicators(simulation.machine)
    _say_built(_backend())
    collectives.register(simulation, communicators)
    timers.install()
    native: Any = torch._C
    native._nccl_version, native._nccl_version_suffix = lambda: _VERSION, lambda: b""
    for name in ("unique_id", "init_rank", "all_reduce", "reduce", "broadcast", "all_gather", "reduce_scatter"):
        setattr(native, f"_nccl_{name}", _unsupported(f"torch.cuda.nccl.{name}"))
    _answer_group(communicators)
    _answer_work()
    atexit.register(works.finish)


def install_driverless() -> None:
    """Let NCCL be there, for GPUs that are not."""

    class ProcessGroupNCCL:
        class Options(_Options):
            """Can be made all the same."""

        def __init__(self, *_: Any, **__: Any) -> NoReturn:
            raise ValueError("ProcessGroupNCCL is only supported with GPUs, no GPUs found!")  # ProcessGroupNCCL.cpp

    _say_built(ProcessGroupNCCL)


def take_away() -> None:
    """Let torch say that it was built without NCCL."""
    _module()._NCCL_AVAILABLE = False
    for module in (_module(), dist, torch._C._distributed_c10d):
        for name in _CLASSES:
            module.__dict__.pop(name, None)


def refuse(simulation: Simulation) -> None:
    """The same on a machine without GPUs of NVIDIA's, whose own backends are not played."""
    take_away()
    collectives.refuse(simulation)
    if simulation.machine.device == "xpu":
        made = {"Options": _Options, "__init__": _unsupported("ProcessGroupXCCL", "xpu")}
        _module()._XCCL_AVAILABLE, _module().ProcessGroupXCCL = True, type("ProcessGroupXCCL", (), made)


def _module() -> Any:
    return dist.distributed_c10d


def _say_built(backend: type) -> None:
    module = _module()
    module._NCCL_AVAILABLE = True
    module.default_pg_nccl_timeout = module.default_pg_nccl_timeout or datetime.timedelta(minutes=10)
    for owner in (module, dist, torch._C._distributed_c10d):
        for name in _CLASSES:
            setattr(owner, name, backend)


class _Config(SimpleNamespace):
    """``ncclConfig_t``, of which nothing is looked at."""


class _Options:
    """``ProcessGroupNCCL.Options``"""

    backend = "nccl"

    def __init__(self, is_high_priority_stream: bool = False) -> None:
        self.is_high_priority_stream = is_high_priority_stream
        self.config = _Config()
        self._timeout: datetime.timedelta = _module().default_pg_nccl_timeout
        self.global_ranks_in_group: list[int] = []
        self.group_name = ""
        self.split_from: Any = None


def _backend() -> type:
    """What stands for ``ProcessGroupNCCL``: gloo, which says that it is NCCL."""
    gloo: Any = dist.ProcessGroupGloo

    class ProcessGroupNCCL(gloo):  # type: ignore[misc]
        Options = _Options
        supports_splitting = supports_coalescing = True
        NCCL_CTA_POLICY_DEFAULT, NCCL_CTA_POLICY_EFFICIENCY, NCCL_CTA_POLICY_ZERO = range(3)

        def __init__(self, store: Any, rank: int, size: int, options: Any = None, *_: Any, **named: Any) -> None:
            if not isinstance(options, _Options):
                options, named = _Options(), {"timeout": options or named.get("timeout")}
                options._timeout = named["timeout"] or options._timeout
            super().__init__(store, rank, size, timeout=options._timeout)
            self._options, self._splits = options, 0
            if options.split_from is not None:
                options.split_from.perform_nocolor_split()
                options.split_from = None

        @property
        def options(self) -> _Options:
            return self._options

        def name(self) -> str:
            return "nccl"

        _get_backend_name = name

        def comm_split_count(self) -> int:
            return self._splits

        def perform_nocolor_split(self, device: Any = None) -> None:
            """What the processes do that are not in a group which the others make of this one."""
            self._splits += 1

        def split(self, store: Any, ranks: list[int], options: _Options) -> Any:
            self._splits += 1
            return type(self)(store, ranks.index(self.rank()), len(ranks), options)

        def _nothing(self, *_: Any) -> None:
            """Groups of calls, and what others begin with."""

        eager_connect_single_device = _group_start = _group_end = _nothing
        _set_enable_nan_check = _add_ephemeral_timeout = _nothing

    for name in _UNPLAYED:
        setattr(ProcessGroupNCCL, name, _unsupported(f"ProcessGroupNCCL.{name}"))
    return ProcessGroupNCCL


def _unsupported(what: str, device: str = "cuda") -> Callable[..., NoReturn]:
    def unsupported(*_: Any, **__: Any) -> NoReturn:
        raise Unsupported(f"{what} on a played `{device}`")

    return unsupported


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
            return _split(self, ranks, **named)
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


def _split(
    group: Any, ranks: list[int], timeout: Any = None, opts: Any = None, group_name: str = "", group_desc: str = "",
    device_types: list[torch.device] | None = None, **_: Any,
) -> Any:  # fmt: skip
    """A group of some of the processes of another, by their ranks there (ProcessGroup.cpp: splitGroup)."""
    kinds, rank, size = dist.ProcessGroup.BackendType, ranks.index(group.rank()), len(ranks)
    count = group._get_backend(torch.device("cuda")).comm_split_count()  # names differ from process to process
    store = dist.PrefixStore(f"split/{count}/{ranks}/", group.get_group_store())
    made: Any = dist.ProcessGroup(store, rank, size)
    made._set_default_backend(kinds.NCCL)
    for device in device_types or group._device_types:
        backend, own = group._get_backend(device), dist.PrefixStore(f"{device.type}/", store)
        if hasattr(backend, "split"):
            made._register_backend(device, kinds.NCCL, backend.split(own, ranks, opts or backend.options))
        else:
            made._register_backend(device, kinds.GLOO, dist.ProcessGroupGloo(own, rank, size, timeout=timeout))
    made._set_group_name(group_name)
    made._set_group_desc(group_desc)
    return made


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
                raise Unsupported("torch.distributed: the future of what is sent, received or reduced and scattered") from None
            raise

    work.wait, work.get_future = awaited, future
    work.block_current_stream = lambda self: awaited(self) and None  # the stream is this thread


def _poll(work: Any, timeout: datetime.timedelta) -> None:
    until = time.monotonic() + timeout.total_seconds()
    while not work.is_completed():
        if time.monotonic() > until:
            raise dist.DistBackendError("Watchdog caught collective operation timeout: NCCL operation timed out")
        time.sleep(1e-3)
