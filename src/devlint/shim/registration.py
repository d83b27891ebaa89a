"""Puts kernels at the dispatch key of the played device: for every operator that the real device has one for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from devlint.shim import extensions, mps_fallback, special
from devlint.shim.dispatch import Kernel, Library
from devlint.shim.kernels import kernel
from devlint.shim.operators import Operator, operators, resolve
from devlint.shim.simulation import Simulation


def register(simulation: Simulation, around: Callable[[Kernel], Kernel]) -> None:
    """Register all kernels, each as ``around`` gives it back; what has none raises torch's own error."""
    library = Library(simulation.machine.key)
    simulation.kept.append(library)
    given = special.kernels(simulation)
    fallback = mps_fallback.Fallback(simulation) if simulation.machine.device == "mps" else None
    for operator in operators().values():
        found = given.pop(operator.name, None)
        if found is None and fallback is not None and "MPS" not in operator.keys:
            found = fallback.kernel(operator)
        elif found is None:
            found = _kernel(simulation, operator)
        if found is not None:
            library.put(operator.name, around(found))
    assert not given, f"torch has no operators {sorted(given)}"
    _register_attention(simulation)
    extensions.install(simulation, around)


def _kernel(simulation: Simulation, operator: Operator) -> Kernel | None:
    """The kernel of an operator on the played device; None where the real device has none either."""
    if "CUDA" not in operator.keys:
        return None
    op = resolve(operator.name)
    if op is None or any(argument.name == "names" for argument in op._schema.arguments):
        return None
    return kernel(simulation, operator.name, op)


def _register_attention(simulation: Simulation) -> None:
    """Attention that chooses between kernels which only CUDA has: elsewhere it is computed step by step."""
    if simulation.machine.device not in ("mps", "xpu"):
        return
    step_by_step = torch.ops.aten._scaled_dot_product_attention_math.default

    def attention(
        query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
        is_causal: bool = False, *, scale: float | None = None, enable_gqa: bool = False,
    ) -> Any:  # fmt: skip
        return step_by_step(query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa)[0]

    key = simulation.machine.key
    for where in (f"Autograd{key}", key):
        library = Library(where)
        simulation.kept.append(library)
        library.put("scaled_dot_product_attention", attention)
