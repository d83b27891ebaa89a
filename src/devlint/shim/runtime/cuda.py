"""``torch.cuda``: its Python is torch's own, what it asks of C++ and of the driver is answered here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import cuda

from devlint.shim.machine import Machine
from devlint.shim.runtime import data_parallel, legacy_types
from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import StreamContext, Streams

#: the version that a build for CUDA says it was made with
_VERSION, _COMPILED, _CUDNN = "12.8", 12080, 91000


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
    _fill_native(machine, devices)
    _fill_module(simulation, devices)
    _install_streams(streams)
    _watch_forks(machine)
    _say_built(machine)
    legacy_types.install()
    data_parallel.install()


def _fill_native(machine: Machine, devices: Devices) -> None:
    """The functions of C++ that a build without CUDA does not have."""
    answers = {
        "getDeviceCount": devices.count,
        "init": nothing,
        "getDevice": devices.current,
        "setDevice": devices.set,
        "exchangeDevice": devices.exchange,
        "maybeExchangeDevice": devices.exchange,
        "synchronize": devices.synchronize,
        "emptyCache": nothing,
        "memoryStats": devices.statistics,
        "resetPeakMemoryStats": devices.reset_peak,
        "resetAccumulatedMemoryStats": nothing,
        "ipc_collect": nothing,
        "getArchFlags": lambda: "sm_80 sm_90",
        "isInBadFork": lambda: machine.forked,
        "getAllocatorBackend": lambda: "native",
        "canDeviceAccessPeer": lambda one, other: True,
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
        "getCurrentRawStream": lambda index: 0,
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
        return lambda *_: 0


def _fill_module(simulation: Simulation, devices: Devices) -> None:
    """What ``torch.cuda`` asks of the driver, or keeps from the time when it was imported."""
    machine = simulation.machine
    properties = _Properties(machine.capacity)
    driver = _Driver(devices)

    def properties_of(device: Any = None) -> _Properties:
        index = cuda._utils._get_device_index(device, optional=True)
        if not 0 <= index < machine.count:
            raise AssertionError("Invalid device id")
        return properties

    def free(device: Any = None) -> tuple[int, int]:
        return devices.free(cuda._utils._get_device_index(device, optional=True))

    replaced = {
        "_cudart": driver,
        "cudart": lambda: driver,
        "_exchange_device": devices.exchange,
        "_maybe_exchange_device": devices.exchange,
        "_device_count_nvml": lambda: -1,
        "_is_in_bad_fork": lambda: machine.forked,
        "device_count": devices.count,
        "get_device_properties": properties_of,
        "_get_device_properties": properties_of,
        "get_device_capability": lambda device=None: (properties_of(device).major, properties_of(device).minor),
        "get_device_name": lambda device=None: properties_of(device).name,
        "is_current_stream_capturing": lambda: False,
        "default_generators": simulation.generators,
        "mem_get_info": free,
        "has_half": True,
    }
    for name, value in replaced.items():
        setattr(cuda, name, value)
    cuda.memory.mem_get_info = free
    cuda._queued_calls.clear()  # checks of the hardware's age


def _install_streams(streams: Streams) -> None:
    for owner in (cuda, cuda.streams):
        owner.Stream, owner.Event = streams.Stream, streams.Event  # type: ignore[attr-defined]
    cuda.current_stream, cuda.default_stream, cuda.set_stream = streams.current, streams.default, streams.set
    cuda.StreamContext = cuda.stream = StreamContext  # type: ignore[assignment, misc]
    torch.Tensor.record_stream = nothing  # type: ignore[method-assign]


def _watch_forks(machine: Machine) -> None:
    """A process that was forked after CUDA was used may not use it."""

    def forked() -> None:
        machine.forked = machine.forked or cuda.is_initialized()  # type: ignore[no-untyped-call]

    os.register_at_fork(after_in_child=forked)


def _say_built(machine: Machine) -> None:
    """What says whether torch was built for CUDA, and with what."""
    if torch.version.cuda is not None:
        _forget_cudnn()
    torch._C._has_cuda = torch._C._has_cudnn = True
    torch.version.cuda = torch.version.cuda or _VERSION
    torch.backends.cuda.is_built = lambda: True
    cudnn: Any = torch.backends.cudnn
    if cudnn.version() is None:
        cudnn.version = lambda: _CUDNN
    cudnn.is_available = lambda: True
    cudnn.is_acceptable = lambda tensor: False  # nothing here computes with it


def _forget_cudnn() -> None:
    """A build for CUDA would call its cuDNN, which asks the driver; whether a program wants it is only remembered."""
    torch._C._set_cudnn_enabled(False)
    wanted = [True]
    backend: Any = type(torch.backends.cudnn)
    backend.enabled = property(lambda _: wanted[0], lambda _, value: wanted.__setitem__(0, value))
