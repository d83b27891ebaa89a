"""Kernels of sparse tensors that do on an accelerator what they do not on the CPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from devlint.shim import layouts
from devlint.shim.dispatch import SPARSE, Functionality, Kernel
from devlint.shim.kernels import kernel
from devlint.shim.operators import known
from devlint.shim.simulation import Simulation


def kernels(simulation: Simulation) -> dict[Functionality, dict[str, Kernel]]:
    """The kernels by functionality and operator."""
    return {SPARSE: {"add.out": _add(simulation)}}


def _add(simulation: Simulation) -> Kernel:
    """Sparse tensors are added by putting their members one after the other; the CPU merges them, so that the sum of
    two that are coalesced is there, and not here (ATen/native/sparse/cuda/SparseCUDATensorMath.cu)."""
    plain = kernel(simulation, "add.out", known("add.out"), SPARSE)

    def add(one: Tensor, other: Tensor, *, alpha: complex = 1, out: Tensor) -> Any:
        alike = one.is_sparse and other.is_sparse and one.device == other.device and one.dtype == other.dtype
        if not alike or one.shape != other.shape or not one._nnz() or not other._nnz():
            return plain(one, other, alpha=alpha, out=out)
        (indices, values), (more, others) = layouts.members(one), layouts.members(other)
        found = torch.cat([values, others if alpha == 1 else others * alpha])
        out.data = layouts.coo(one, torch.cat([indices, more], 1), found, False)
        return out

    return add
