"""The world of a build without CUDA, played by one that was built for it."""

from __future__ import annotations

from typing import Any, NoReturn

import torch
from torch import cuda
from torch._utils import _dummy_type

from devlint.shim import generators
from devlint.shim.runtime import distributed
from devlint.shim.streams import rerun

#: ATen/detail/CUDAHooksInterface.h, cut short
_NO_GENERATOR = "Cannot get CUDA generator without ATen_cuda library."
#: ATen/DeviceAccelerator.h
_NO_ACCELERATOR = "Cannot access accelerator device when none is available."
#: what the module of C++ has in a build without CUDA too
_EVERYWHERE = {"_cuda_isCurrentStreamCapturing"}


def install() -> None:
    """Take away what such a build does not have; torch's own Python then says so (measured, torch 2.13)."""
    for name in [name for name in vars(torch._C) if name.startswith("_cuda_") and name not in _EVERYWHERE]:
        delattr(torch._C, name)
    replaced: dict[str, Any] = {
        "_cudart": None,
        "_exchange_device": _exchange,
        "_maybe_exchange_device": lambda index: _exchange(index),  # which torch.compile tells from the other
        "default_generators": (),
    }
    for name, value in replaced.items():
        setattr(cuda, name, value)
    torch._C._has_cuda = torch._C._has_cudnn = False
    torch.version.cuda = None
    backends: Any = torch.backends
    backends.cuda.is_built = backends.cudnn.is_available = lambda: False
    backends.cudnn.version = lambda: None
    rerun(cuda.streams, "Cuda", _dummy_type("_CudaStreamBase"), _dummy_type("_CudaEventBase"))
    graphs: Any = cuda.graphs
    graphs.CUDAGraph.__new__ = _dummy_type("CUDAGraph").__new__
    generators.install("cuda", _no_generator)
    distributed.take_away()
    _take_accelerator_away()


def _exchange(index: int) -> int:
    """What ``torch/cuda/__init__.py`` defines in such a build."""
    if index < 0:
        return -1
    raise RuntimeError("PyTorch was compiled without CUDA support")


def _no_generator(device: torch.device) -> NoReturn:
    raise RuntimeError(_NO_GENERATOR)


def _no_accelerator(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError(_NO_ACCELERATOR)


def _take_accelerator_away() -> None:
    native: Any = torch._C
    for name in [name for name in vars(native) if name.startswith("_accelerator_")]:
        setattr(native, name, _no_accelerator)
    native._accelerator_getAccelerator = lambda: None
    native._get_accelerator = lambda check=False: torch.device("cpu")
    torch.accelerator.is_available = lambda: False
    torch.accelerator.device_count = lambda: 0
    torch.Tensor.pin_memory = _no_accelerator  # type: ignore[method-assign]
