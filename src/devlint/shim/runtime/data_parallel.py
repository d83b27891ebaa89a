"""The copies between devices that ``torch.nn.DataParallel`` makes in C++. torch/csrc/cuda/comm.cpp"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def install() -> None:
    """Let them be made by copies of tensors."""
    native: Any = torch._C
    sums: Any = torch.cuda.nccl
    sums.is_available = lambda tensors: False  # a build for CUDA would add with it
    native._scatter = _scatter
    native._gather = _gather
    native._broadcast = lambda tensor, devices: [tensor.to(f"cuda:{index}") for index in devices]
    native._broadcast_coalesced = lambda tensors, devices, size: [
        [tensor.to(f"cuda:{index}") for tensor in tensors] for index in devices
    ]


def _scatter(
    tensor: Tensor, devices: Sequence[int], chunk_sizes: Sequence[int] | None = None, dim: int = 0,
    streams: object = None,
) -> list[Tensor]:  # fmt: skip
    parts = torch.split(tensor, list(chunk_sizes), dim) if chunk_sizes else tensor.chunk(len(devices), dim)
    return [part.to(f"cuda:{index}") for index, part in zip(devices, parts, strict=False)]


def _gather(tensors: Sequence[Tensor], dim: int, destination: int | None = None) -> Tensor:
    where = "cpu" if destination == -1 else f"cuda:{destination or 0}"
    return torch.cat([tensor.to(where) for tensor in tensors], dim)
