"""A build for CUDA on a machine without a driver: everything is there, and using it fails."""

from __future__ import annotations

from types import ModuleType
from typing import Any, NoReturn

import torch
from torch import cuda

from devlint.shim.dispatch import Library
from devlint.shim.runtime.devices import nothing

#: c10/cuda/CUDAFunctions.cpp, torch/csrc/cuda/Module.cpp
_TEXT = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from "
    "http://www.nvidia.com/Download/index.aspx"
)
#: a name for the version that such a build was made with
_VERSION = "12.8"


def install() -> None:
    """Let a build without CUDA say what one with CUDA says."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(_TEXT)

    for name, answer in {
        "getDeviceCount": lambda: 0,
        "init": fail,
        "isInBadFork": lambda: False,
        "getCompiledVersion": lambda: 12080,
        "getArchFlags": lambda: "sm_80 sm_90",
        "hasPrimaryContext": lambda index: False,
        "memoryStats": lambda *_: {},
        "emptyCache": nothing,
    }.items():
        setattr(torch._C, f"_cuda_{name}", answer)
    for name in ("setDevice", "exchangeDevice", "maybeExchangeDevice", "getDevice", "synchronize", "ipc_collect"):
        setattr(torch._C, f"_cuda_{name}", fail)
    torch._C._has_cuda = True
    torch.version.cuda = torch.version.cuda or _VERSION
    torch.backends.cuda.is_built = lambda: True
    cuda.device_count = lambda: 0
    # torch looks for it before it asks for the driver
    cuda._cudart = ModuleType("torch._C._cudart")  # type: ignore[attr-defined]
    library = Library("CUDA")
    for name in ("empty.memory_format", "empty_strided"):
        library.put(name, fail)
    _kept.append(library)


_kept: list[Library] = []
