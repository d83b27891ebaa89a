"""The parts of ``torch.nn.SyncBatchNorm``, between which processes gather: only accelerators have kernels for them.

Formulas of aten/src/ATen/native/cuda/Normalization.cuh; sums are of single precision where the input is of half.
"""

from __future__ import annotations

import torch
from torch import Tensor

from devlint.shim.dispatch import Kernel
from devlint.shim.simulation import Simulation

_Pair = tuple[Tensor, Tensor]


def kernels(simulation: Simulation) -> dict[str, Kernel]:
    """The kernels by operator."""
    norm = _SyncBatchNorm(simulation)
    return {
        "batch_norm_stats": norm.statistics,
        "batch_norm_gather_stats_with_counts": norm.gathered,
        "batch_norm_elemt": norm.forward,
        "batch_norm_backward_reduce": norm.sums,
        "batch_norm_backward_elemt": norm.backward,
    }


class _SyncBatchNorm:
    def __init__(self, simulation: Simulation) -> None:
        self._host, self._new = simulation.retyping.host, simulation.retyping.device

    def statistics(self, x: Tensor, eps: float) -> _Pair:
        """The mean of each channel in this process, and one over its standard deviation."""
        wide = _wide(self._host(x))
        variance, mean = torch.var_mean(wide, _others(x), correction=0)
        return self._pair(x, mean, (variance + eps).rsqrt())

    def gathered(
        self, x: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | None, running_var: Tensor | None,
        momentum: float, eps: float, counts: Tensor,
    ) -> _Pair:  # fmt: skip
        """The same of all processes, of theirs by process and channel and how many numbers each has."""
        means, deviations, share = _wide(self._host(mean)), _wide(self._host(invstd)), _wide(self._host(counts))
        total = share.sum()
        share = (share / total).view(-1, 1)
        common = (means * share).sum(0)
        variance = ((deviations**-2 - eps + (means - common) ** 2) * share).sum(0)
        for running, now in ((running_mean, common), (running_var, variance * total / (total - 1))):
            if running is not None:
                held = self._host(running)
                held.copy_(held * (1 - momentum) + now * momentum)
        return self._pair(x, common, (variance + eps).rsqrt())

    def forward(
        self, x: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, invstd: Tensor, eps: float
    ) -> Tensor:
        found = self._centred(x, mean) * _along(x, self._host(invstd))
        if weight is not None:
            found = found * _along(x, self._host(weight))
        if bias is not None:
            found = found + _along(x, self._host(bias))
        return self._new(found.to(x.dtype), x.device.index)

    def sums(
        self, gradient: Tensor, x: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None, for_x: bool,
        for_weight: bool, for_bias: bool,
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None]:  # fmt: skip
        """What processes add up to find the gradient of the input, and those of the weight and the bias in this one."""
        incoming = _wide(self._host(gradient))
        sum_dy = incoming.sum(_others(x))
        sum_dy_xmu = (incoming * self._centred(x, mean)).sum(_others(x))
        dtype = invstd.dtype if weight is None else weight.dtype
        index = x.device.index
        return (
            self._new(sum_dy, index) if for_x else None,
            self._new(sum_dy_xmu, index) if for_x else None,
            self._new((sum_dy_xmu * self._host(invstd)).to(dtype), index) if for_weight else None,
            self._new(sum_dy.to(dtype).clone(), index) if for_bias else None,
        )

    def backward(
        self, gradient: Tensor, x: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None, sum_dy: Tensor,
        sum_dy_xmu: Tensor, count: Tensor,
    ) -> Tensor:  # fmt: skip
        total, scale = self._host(count).sum(), self._host(invstd)
        slope = _along(x, self._host(sum_dy_xmu) / total * scale**2)
        found = _wide(self._host(gradient)) - _along(x, self._host(sum_dy) / total) - self._centred(x, mean) * slope
        if weight is not None:
            scale = scale * self._host(weight)
        return self._new((found * _along(x, scale)).to(gradient.dtype), x.device.index)

    def _centred(self, x: Tensor, mean: Tensor) -> Tensor:
        return _wide(self._host(x)) - _along(x, self._host(mean))

    def _pair(self, x: Tensor, first: Tensor, second: Tensor) -> _Pair:
        return self._new(first, x.device.index), self._new(second, x.device.index)


def _wide(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _others(x: Tensor) -> list[int]:
    """All dimensions but that of the channels."""
    return [0, *range(2, x.ndim)]


def _along(x: Tensor, channels: Tensor) -> Tensor:
    """A number for each channel, in the shape of an input."""
    return channels.view(1, -1, *[1] * (x.ndim - 2))
