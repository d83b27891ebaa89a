"""A build without CUDA, played by one that was built for it."""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any

import torch
from torch import cuda
from torch._utils import _dummy_type

from devlint.shim import guard, hooks
from devlint.shim.runtime import legacy_types
from devlint.shim.streams import rerun

#: what the module of C++ has for CUDA alone, and what torch's Python puts there in its place
_NATIVE = re.compile(
    r"_(cuda|cudnn|cusparselt|nccl|nvtx|CUDA|Cuda|broadcast|scatter|gather)|_(MemPool|graph_pool_handle)$"
)
#: modules that look for it when they are run, and make do without; the first two look for what the third puts there
_LOOKING = ("graphs", "memory", "streams", "nvtx")


def install() -> None:
    """Take away what such a build does not have; torch's own Python and C++ then say so (measured, torch 2.13)."""
    hooks.take_cuda_away()
    guard.take_cuda_away()
    native: Any = torch._C
    for name in filter(_NATIVE.match, list(vars(native))):
        delattr(native, name)
        sys.modules.pop(f"torch._C.{name}", None)
    for name in _LOOKING:
        rerun(importlib.import_module(f"torch.cuda.{name}"))
    replaced: dict[str, Any] = {
        "_cudart": None,
        "_CudaDeviceProperties": _dummy_type("_CudaDeviceProperties"),
        "_exchange_device": _exchange,
        "_maybe_exchange_device": _exchange,
        "default_generators": (),
        "has_magma": False,
    }
    for name, value in replaced.items():
        setattr(cuda, name, value)
    native._has_cuda = native._has_cudnn = native._has_magma = False
    native._is_flash_attention_available = lambda: False
    torch.version.cuda = None
    cudnn: Any = torch.backends.cudnn
    cudnn.version = lambda: None
    legacy_types.take_away()


def _exchange(index: int) -> int:
    """What ``torch/cuda/__init__.py`` defines in such a build."""
    if index < 0:
        return -1
    raise RuntimeError("PyTorch was compiled without CUDA support")
