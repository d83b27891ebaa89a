"""Half precision on the CPU as in torch 2.1 and before: operators that had no kernel for it refuse it.

Texts measured on torch 2.0.1 and 2.1.2; torch 2.2 to 2.4 brought the kernels.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from devlint.shim.dispatch import CPU, KERNELLESS, Kernel, Library
from devlint.shim.operators import known

#: operators without a kernel for half precision -> the name by which torch 2.1 complained
_REFUSED = {
    "convolution": "slow_conv2d_cpu",
    "mm": "addmm_impl_cpu_",
    "addmm": "addmm_impl_cpu_",
    "native_layer_norm": "LayerNormKernelImpl",
    "native_batch_norm": "batch_norm",
    "_softmax": "softmax_lastdim_kernel_impl",
    "_log_softmax": "log_softmax_lastdim_kernel_impl",
    "upsample_nearest2d": "upsample_nearest2d_channels_last",
    "grid_sampler_2d": "grid_sampler_2d_cpu",
    "reflection_pad1d": "reflection_pad1d",
}
_kept: list[Library] = []


class LegacyHalf:
    """Refuses half precision to programs, and not to the kernels of a played device, which compute on the CPU."""

    def __init__(self) -> None:
        self._exempted = 0

    def install(self) -> None:
        """Put refusals in front of the CPU's kernels, for as long as the process lives."""
        library = Library("CPU")
        for name, complaint in _REFUSED.items():
            library.put(name, self._refusing(known(name), complaint))
        _kept.append(library)

    def exempt(self, kernel: Kernel) -> Kernel:
        """The same kernel, which may compute in half precision."""

        @functools.wraps(kernel)
        def exempted(*args: Any, **kwargs: Any) -> Any:
            self._exempted += 1
            try:
                return kernel(*args, **kwargs)
            finally:
                self._exempted -= 1

        return exempted

    def _refusing(self, op: Any, complaint: str) -> Kernel:
        original = _original(op)

        def refusing(*args: Any, **kwargs: Any) -> Any:
            first = args[1] if op is torch.ops.aten.addmm.default else args[0]
            if isinstance(first, Tensor) and first.dtype is torch.float16 and not self._exempted:
                raise RuntimeError(f"\"{complaint}\" not implemented for 'Half'")
            return original(*args, **kwargs)

        return refusing


def _original(op: Any) -> Kernel:
    """The kernel that the CPU has now."""
    if op is torch.ops.aten.convolution.default:  # it has none of its own
        return functools.partial(op.redispatch, KERNELLESS)
    return functools.partial(torch.library.get_kernel(op, "CPU").call_boxed, CPU)
