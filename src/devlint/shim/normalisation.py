"""Softmax and RMS norm, which accelerators compute with other types than the CPU, or in one kernel more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from devlint.shim.dispatch import Kernel
from devlint.shim.kernels import kernel
from devlint.shim.operators import known
from devlint.shim.simulation import Simulation


def kernels(simulation: Simulation) -> dict[str, Kernel]:
    """The kernels by operator."""
    norm = _RmsNorm(simulation)
    found: dict[str, Kernel] = {"_fused_rms_norm": norm.forward, "_fused_rms_norm_backward": norm.backward}
    for name in ("_softmax", "_log_softmax"):
        found[name] = _softmax(simulation, name)
        found[f"{name}_backward_data"] = _softmax_backward(simulation, f"{name}_backward_data")
    return found


def _softmax(simulation: Simulation, name: str) -> Kernel:
    """On an accelerator half precision may become single precision on the way."""
    op, plain = known(name), kernel(simulation, name, known(name))
    host, new = simulation.retyping.host, simulation.retyping.device

    def softmax(x: Tensor, dim: int, half_to_float: bool) -> Any:
        return new(op(host(x).float(), dim, False), x.device.index) if half_to_float else plain(x, dim, half_to_float)

    return softmax


def _softmax_backward(simulation: Simulation, name: str) -> Kernel:
    op, plain = known(name), kernel(simulation, name, known(name))
    host, new = simulation.retyping.host, simulation.retyping.device

    def backward(gradient: Tensor, output: Tensor, dim: int, dtype: torch.dtype) -> Any:
        if dtype == gradient.dtype:
            return plain(gradient, output, dim, dtype)
        wide = op(host(gradient), host(output), dim, gradient.dtype)
        return new(wide.to(dtype), gradient.device.index)

    return backward


class _RmsNorm:
    """``torch.nn.functional.rms_norm`` in one kernel; the CPU has none, and goes the long way."""

    def __init__(self, simulation: Simulation) -> None:
        self._host, self._new = simulation.retyping.host, simulation.retyping.device

    def forward(
        self, x: Tensor, shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
    ) -> tuple[Tensor, Tensor]:
        wide = self._host(x).float()
        dimensions = list(range(-len(shape), 0))
        smallest = torch.finfo(x.dtype).eps if eps is None else eps
        scale = (wide.pow(2).mean(dimensions, keepdim=True) + smallest).rsqrt()
        result = (wide * scale).to(x.dtype)
        if weight is not None:
            result = result * self._host(weight)
        return self._new(result, x.device.index), self._new(scale, x.device.index)

    def backward(
        self,
        gradient: Tensor,
        x: Tensor,
        shape: Sequence[int],
        scale: Tensor,
        weight: Tensor | None,
        wanted: Sequence[bool],
    ) -> tuple[Tensor | None, Tensor | None]:
        dimensions = list(range(-len(shape), 0))
        rest = list(range(x.ndim - len(shape)))
        normal, incoming = self._host(x).float() * self._host(scale), self._host(gradient).float()
        weighted = incoming if weight is None else incoming * self._host(weight)
        inner = (weighted * normal).mean(dimensions, keepdim=True)
        for_x = ((weighted - normal * inner) * self._host(scale)).to(x.dtype)
        for_weight = None
        if weight is not None and wanted[1]:
            product = incoming * normal
            for_weight = self._new((product.sum(rest) if rest else product).to(weight.dtype), x.device.index)
        return self._new(for_x, x.device.index) if wanted[0] else None, for_weight
