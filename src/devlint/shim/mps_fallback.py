"""What MPS makes of operators that it has no kernel for. Source: aten/src/ATen/mps/MPSFallback.mm"""

from __future__ import annotations

import os
import warnings
from typing import Any

import torch

from devlint.shim.dispatch import Kernel
from devlint.shim.kernels import kernel
from devlint.shim.operators import Operator, known
from devlint.shim.simulation import Simulation

#: lets every missing operator be computed on the CPU; torch reads it when it is imported
ENABLED = "PYTORCH_ENABLE_MPS_FALLBACK"
#: operators that are computed on the CPU in any case, as long as MPS has no kernel for them
_ALWAYS = ("linalg_svd", "linalg_svd.U", "embedding_renorm_", "col2im")


class Fallback:
    """Computes missing operators on the CPU, and says so once, or refuses them."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._enabled = os.environ.get(ENABLED, "0") != "0"
        self._warned = False

    def kernel(self, operator: Operator) -> Kernel | None:
        """The kernel of an operator without one for MPS; None where other GPUs have none either, and where torch's
        own kernel leads to other operators."""
        if operator.name == "_slow_conv2d_forward":
            return _slow_convolution
        if operator.name in _ALWAYS:
            return self._computed(operator)
        if "CUDA" not in operator.kernels or operator.composite or _delegates(operator):
            return None
        return self._computed(operator) if self._enabled else _refused(operator)

    def _computed(self, operator: Operator) -> Kernel:
        compute = kernel(self._simulation, operator.name, known(operator.name))

        def on_cpu(*args: Any, **kwargs: Any) -> Any:
            if not self._warned or torch.is_warn_always_enabled():
                self._warned = True
                warnings.warn(
                    f"The operator 'aten::{operator.name}' is not currently supported on the MPS backend and will "
                    "fall back to run on the CPU. This may have performance implications.",
                    stacklevel=2,
                )
            return compute(*args, **kwargs)

        return on_cpu


def _delegates(operator: Operator) -> bool:
    """Whether a kernel that torch generates calls the variant with ``out``, which is then what is missing."""
    key = "CompositeExplicitAutogradNonFunctional"
    return bool(torch._C._dispatch_has_kernel_for_dispatch_key(f"aten::{operator.name}", key))


def _slow_convolution(x: torch.Tensor, weight: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
    """What one of a tensor of the CPU with weights of MPS comes to."""
    raise RuntimeError(
        f"slow_conv2d_forward_mps: input(device='{x.device}') and weight(device={weight.device}')  must be on the same "
        "device"
    )


def _refused(operator: Operator) -> Kernel:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            f"The operator 'aten::{operator.name}' is not currently implemented for the MPS device. If you want this "
            "op to be considered for addition please comment on https://github.com/pytorch/pytorch/issues/141287 and "
            "mention use-case, that resulted in missing op as well as commit hash "
            f"{torch.version.git_version}. As a temporary fix, you can set the environment variable "
            f"`{ENABLED}=1` to use the CPU as a fallback for this op. WARNING: this will be slower "
            "than running natively on MPS."
        )

    return refuse
