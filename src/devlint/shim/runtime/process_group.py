"""``torch.distributed.ProcessGroupNCCL``, which is gloo."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch.distributed import distributed_c10d as c10d

from devlint.shim import Unsupported

#: methods of it that are not played
_UNPLAYED = ("_comm_ptr", "comm_ptr", "register_mem_pool", "deregister_mem_pool", "shrink", "suspend", "resume")


def unsupported(what: str, device: str = "cuda") -> Callable[..., NoReturn]:
    """Stands for a function that a played machine has, and cannot do."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise Unsupported(f"{what} on a played `{device}`")

    return refuse


class Options:
    """``ProcessGroupNCCL.Options``, of which the timeout counts."""

    backend = "nccl"

    def __init__(self, is_high_priority_stream: bool = False) -> None:
        module: Any = c10d
        self.is_high_priority_stream = is_high_priority_stream
        self.config = SimpleNamespace()
        self._timeout: datetime.timedelta = module.default_pg_nccl_timeout
        self.global_ranks_in_group: list[int] = []
        self.group_name = ""
        self.split_from: Any = None


def group_class() -> type:
    """The class."""
    gloo: Any = dist.ProcessGroupGloo

    class ProcessGroupNCCL(gloo):  # type: ignore[misc]
        supports_splitting = supports_coalescing = True
        NCCL_CTA_POLICY_DEFAULT, NCCL_CTA_POLICY_EFFICIENCY, NCCL_CTA_POLICY_ZERO = range(3)

        def __init__(self, store: Any, rank: int, size: int, options: Any = None, *_: Any, **named: Any) -> None:
            if not isinstance(options, Options):
                timeout, options = options or named.get("timeout"), Options()
                options._timeout = timeout or options._timeout
            super().__init__(store, rank, size, timeout=options._timeout)
            self._options, self._splits = options, 0
            if options.split_from is not None:
                options.split_from.perform_nocolor_split()
                options.split_from = None

        @property
        def options(self) -> Any:
            return self._options

        def name(self) -> str:
            return "nccl"

        _get_backend_name = name

        def comm_split_count(self) -> int:
            """How many groups were made of this one, which all of its processes know."""
            return self._splits

        def perform_nocolor_split(self, device: Any = None) -> None:
            """What the processes do that are not in such a group."""
            self._splits += 1

        def split(self, store: Any, ranks: list[int], options: Options) -> Any:
            self._splits += 1
            return type(self)(store, ranks.index(self.rank()), len(ranks), options)

        def _nothing(self, *_: Any) -> None:
            """Groups of calls, and what others begin with."""

        eager_connect_single_device = _group_start = _group_end = _nothing
        _set_enable_nan_check = _add_ephemeral_timeout = _nothing

    found: Any = ProcessGroupNCCL
    found.Options = Options
    for name in _UNPLAYED:
        setattr(found, name, unsupported(f"ProcessGroupNCCL.{name}"))
    return ProcessGroupNCCL


def split(
    group: Any, ranks: list[int], timeout: Any = None, opts: Any = None, group_name: str = "", group_desc: str = "",
    device_types: list[torch.device] | None = None, **_: Any,
) -> Any:  # fmt: skip
    """A group of some of the processes of another, by their ranks there (ProcessGroup.cpp: splitGroup)."""
    kinds, rank, size = dist.ProcessGroup.BackendType, ranks.index(group.rank()), len(ranks)
    count = group._get_backend(torch.device("cuda")).comm_split_count()  # names differ from process to process
    store = c10d.PrefixStore(f"split/{count}/{ranks}/", group.get_group_store())
    made: Any = dist.ProcessGroup(store, rank, size)
    made._set_default_backend(kinds.NCCL)
    for device in device_types or group._device_types:
        backend, own = group._get_backend(device), c10d.PrefixStore(f"{device.type}/", store)
        if hasattr(backend, "split"):
            made._register_backend(device, kinds.NCCL, backend.split(own, ranks, opts or backend.options))
        else:
            made._register_backend(device, kinds.GLOO, dist.ProcessGroupGloo(own, rank, size, timeout=timeout))
    made._set_group_name(group_name)
    made._set_group_desc(group_desc)
    return made
