"""A build for CUDA on a machine without a driver: everything is there, and using it fails.

What is said here was measured with CUDA builds of torch 2.0 to 2.9 on machines without a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import torch
from torch import cuda

from devlint.shim import generators
from devlint.shim.dispatch import Library
from devlint.shim.runtime import legacy_types
from devlint.shim.runtime.devices import nothing
from devlint.shim.streams import rerun

#: c10/cuda/CUDAFunctions.cpp, torch/csrc/cuda/Module.cpp
_TEXT = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from "
    "http://www.nvidia.com/Download/index.aspx"
)
#: of the CUDA runtime, where torch asks it before the driver
_INSUFFICIENT = "CUDA error: CUDA driver version is insufficient for CUDA runtime version"
#: a name for the version that such a build was made with
_VERSION = "12.8"
_kept = Library("CUDA")


def install() -> None:
    """Let a build without CUDA say what one with CUDA says, and one with CUDA never ask for a driver."""
    _fill_native()
    replaced = {
        "_cudart": object(),
        "_exchange_device": _exchange,
        "_maybe_exchange_device": _exchange,
        "_device_count_nvml": lambda: -1,  # the driver of this machine is not asked
    }
    for name, value in replaced.items():
        setattr(cuda, name, value)
    graphs: Any = cuda.graphs
    graphs._cuda_isCurrentStreamCapturing = lambda: False
    graphs.CUDAGraph.__new__ = staticmethod(_refuse)
    markers: Any = cuda.nvtx
    markers._nvtx = _Markers()
    torch._C._has_cuda = True
    torch.version.cuda = torch.version.cuda or _VERSION
    torch.backends.cuda.is_built = lambda: True
    native: Any = torch._C
    native._CudaStreamBase, native._CudaEventBase = _Stream, _Event
    rerun(cuda.streams)
    generators.install("cuda", _refuse)
    legacy_types.install()
    torch.Tensor.pin_memory = _fail  # type: ignore[method-assign]
    for name in ("empty.memory_format", "empty_strided"):  # what C++ makes without asking Python: archives of modules
        _kept.put(name, _fail)


def _fail(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError(_TEXT)


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise torch.AcceleratorError(_INSUFFICIENT)


def _exchange(index: int | None) -> int:
    """Make a device the current one: -1 is none, and None, for a device without an index, no argument at all (measured,
    torch 2.10 to 2.15)."""
    if index is None:
        raise RuntimeError("invalid argument to exchangeDevice")
    if index >= 0:
        _fail()
    return -1


def _fill_native() -> None:
    """The functions of C++ that a build without CUDA does not have."""

    def reset(index: int) -> NoReturn:
        raise RuntimeError("invalid argument to reset_peak_memory_stats")

    answers: dict[str, Callable[..., object]] = {
        "cuda_getDeviceCount": lambda: 0,
        "cuda_init": _fail,
        "cuda_isInBadFork": lambda: False,
        "cuda_getCompiledVersion": lambda: 12080,
        "cuda_getArchFlags": lambda: "sm_80 sm_90",
        "cuda_hasPrimaryContext": lambda index: False,
        "cuda_getAllocatorBackend": lambda: "native",
        "cuda_memoryStats": lambda *_: {},
        "cuda_hostMemoryStats": dict,
        "cuda_memorySnapshot": lambda *_: {"segments": [], "device_traces": []},
        "cuda_emptyCache": nothing,
        "cuda_resetPeakMemoryStats": reset,
        "cuda_getCurrentRawStream": _refuse,
        "accelerator_getAccelerator": lambda: torch.device("cuda"),
        "accelerator_isAllocatorInitialized": lambda: False,
        "accelerator_emptyCache": nothing,
    }
    for name in ("setDevice", "exchangeDevice", "maybeExchangeDevice", "getDevice", "synchronize", "ipc_collect"):
        answers[f"cuda_{name}"] = _fail
    for name in ("getDeviceIndex", "setDeviceIndex", "getStream", "setStream", "synchronizeDevice", "exchangeDevice"):
        answers[f"accelerator_{name}"] = _fail
    for name, answer in answers.items():
        setattr(torch._C, f"_{name}", answer)


class _Stream:
    """What ``torch.cuda.Stream`` inherits."""

    __new__ = _refuse


class _Event:
    """What ``torch.cuda.Event`` inherits: there is no event before it is recorded."""

    cuda_event = 0

    def __new__(cls, **_: object) -> _Event:
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        """Takes what ``__new__`` does."""

    def query(self) -> bool:
        return True

    record = wait = elapsed_time = ipc_handle = staticmethod(_fail)
    synchronize = staticmethod(nothing)


class _Markers:
    """What ``torch.cuda.nvtx`` calls, without a profiler."""

    rangePushA = rangePop = staticmethod(lambda *_: -2)  # noqa: N815  (torch's names)
    rangeStartA = staticmethod(lambda *_: 0)  # noqa: N815
    rangeEnd = markA = staticmethod(nothing)  # noqa: N815
