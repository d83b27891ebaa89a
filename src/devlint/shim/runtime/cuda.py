"""``torch.cuda``: its Python is torch's own, what it asks of C++ and of the driver is answered here."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import cuda

from devlint.shim.hooks import CUDNN
from devlint.shim.machine import Machine
from devlint.shim.runtime import data_parallel, forks, legacy_types
from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams, natives
from devlint.shim.streams import install as install_streams

#: the version that a build for CUDA says it was made with
_VERSION, _COMPILED = "12.8", 12080


@dataclass(frozen=True)
class _Properties:
    """What ``torch.cuda.get_device_properties`` says: an A100's figures."""

    total_memory: int
    name: str = "devlint played GPU"
    major: int = 8
    minor: int = 0
    multi_processor_count: int = 108
    max_threads_per_multi_processor: int = 2048
    regs_per_multiprocessor: int = 65536
    shared_memory_per_block: int = 49152
    shared_memory_per_block_optin: int = 166912
    warp_size: int = 32
    L2_cache_size: int = 40 << 20
    clock_rate: int = 1410000
    is_integrated: int = 0
    is_multi_gpu_board: int = 0
    gcnArchName: str = "sm_80"  # noqa: N815  (torch's name)
    uuid: str = field(default="GPU-00000000-0000-0000-0000-000000000000")

    def __repr__(self) -> str:
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
            f"total_memory={self.total_memory >> 20}MB, multi_processor_count={self.multi_processor_count})"
        )


def install(simulation: Simulation, streams: Streams) -> None:
    """Let ``torch.cuda`` find the machine's GPUs."""
    machine, devices = simulation.machine, Devices(simulation)
    _fill_native(machine, natives(streams) | devices.natives())
    _fill_module(simulation, devices)
    install_streams(streams, cuda.streams, "Cuda")
    forks.watch(machine, cuda.is_initialized)
    _say_built()
    legacy_types.install()
    data_parallel.install()


def _fill_native(machine: Machine, shared: dict[str, Callable[..., object]]) -> None:
    """The functions of C++ that a build without CUDA does not have."""
    answers: dict[str, Callable[..., object]] = shared | {
        "hostMemoryStats": dict,
        "resetPeakHostMemoryStats": nothing,
        "resetAccumulatedHostMemoryStats": nothing,
        "getMemoryFraction": lambda index: 1.0,
        "getCurrentBlasHandle": lambda: 1,
        "ipc_collect": nothing,
        "getArchFlags": lambda: "sm_80 sm_90",
        "getAllocatorBackend": lambda: "native",
        "set_sync_debug_mode": nothing,
        "get_sync_debug_mode": lambda: 0,
        "sleep": nothing,
        "setMemoryFraction": nothing,
        "getCompiledVersion": lambda: _COMPILED,
        "get_cudnn_benchmark_limit": lambda: 10,
        "set_cudnn_benchmark_limit": nothing,
        "memorySnapshot": lambda *_: {"segments": [], "device_traces": []},
        "hasPrimaryContext": lambda index: True,
        "isHistoryEnabled": lambda: False,
        "record_memory_history": nothing,
        "isCurrentStreamCapturing": lambda: False,
        "lock_mutex": nothing,
        "unlock_mutex": nothing,
    }
    for name, answer in answers.items():
        setattr(torch._C, f"_cuda_{name}", answer)


class _Driver:
    """``torch.cuda.cudart()``: calls into the CUDA runtime, which all succeed."""

    class cudaError:  # noqa: N801  (torch's name)
        success = 0

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    def cudaMemGetInfo(self, index: int) -> tuple[int, int]:  # noqa: N802  (torch's name)
        return self._devices.free(index)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("cuda"):
            raise AttributeError(name)
        return lambda *_: 0


class _Markers:
    """What ``torch.cuda.nvtx`` calls: ranges for a profiler, of which only the depth is kept."""

    def __init__(self) -> None:
        self._depth = 0
        self._started = itertools.count(1)

    def rangePushA(self, text: str) -> int:  # noqa: N802  (torch's name)
        self._depth += 1
        return self._depth - 1

    def rangePop(self) -> int:  # noqa: N802  (torch's name)
        self._depth -= 1
        return self._depth

    def rangeStartA(self, text: str) -> int:  # noqa: N802  (torch's name)
        return next(self._started)

    rangeEnd = markA = staticmethod(nothing)  # noqa: N815  (torch's names)


def _fill_module(simulation: Simulation, devices: Devices) -> None:
    """What ``torch.cuda`` gets from C++ when it is imported, and from the driver beside it."""
    machine = simulation.machine
    properties = _Properties(machine.capacity)
    replaced = {
        "_cudart": _Driver(devices),
        "_exchange_device": devices.exchange,
        "_maybe_exchange_device": devices.exchange,
        "_device_count_nvml": lambda: -1,  # the driver of this machine is not asked
        "_is_in_bad_fork": lambda: machine.forked,
        "_get_device_properties": lambda index: properties,
        "default_generators": simulation.generators,
    }
    for name, value in replaced.items():
        setattr(cuda, name, value)
    graphs: Any = cuda.graphs
    graphs._cuda_isCurrentStreamCapturing = lambda: False
    markers: Any = cuda.nvtx
    markers._nvtx = _Markers()


def _say_built() -> None:
    """What says whether torch was built for CUDA, and with what."""
    torch._C._has_cuda = torch._C._has_cudnn = True
    torch.version.cuda = torch.version.cuda or _VERSION
    torch.backends.cuda.is_built = lambda: True
    cudnn: Any = torch.backends.cudnn
    cudnn.version = lambda: CUDNN
    cudnn.is_available = lambda: True
    cudnn.is_acceptable = lambda tensor: False  # nothing here computes with it
