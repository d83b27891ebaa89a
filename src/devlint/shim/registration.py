"""Puts kernels at the dispatch key of the played device: for every operator that the real device has one for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from devlint.shim import extensions, mps_fallback, sparse, special
from devlint.shim.dispatch import COMPRESSED, DENSE, NESTED, SPARSE, Functionality, Kernel, Library
from devlint.shim.kernels import as_it_is, computes
from devlint.shim.kernels import kernel as generic
from devlint.shim.operators import Operator, operators, resolve
from devlint.shim.simulation import Simulation

#: operators that choose a part of their kernel by the device (DispatchStub, in ATen/native/sparse and nested)
_CHOOSING = ("sparse_mask", "_sparse_mask_projection", "native_layer_norm", "native_layer_norm_backward")


def register(simulation: Simulation, around: Callable[[Kernel], Kernel]) -> None:
    """Register all kernels, each as ``around`` gives it back; what has none raises torch's own error."""
    specials = {DENSE: special.kernels(simulation), **sparse.kernels(simulation)}
    for functionality in (DENSE, SPARSE, COMPRESSED, NESTED):
        given = specials.get(functionality, {})
        assert operators().keys() >= given.keys(), f"torch has no operators {sorted(given.keys() - operators().keys())}"
        found = _kernels(simulation, functionality) | given
        if not found:  # torch has no dispatch key for nested tensors of MPS
            continue
        library = Library(functionality.key(simulation.machine.key))
        simulation.kept.append(library)
        for name, kernel in found.items():
            library.put(name, around(kernel))
    _register_attention(simulation)
    extensions.install(simulation, around)


def _kernels(simulation: Simulation, functionality: Functionality) -> dict[str, Kernel]:
    """The kernels of torch's operators by name, of those that the real device has."""
    on_mps = simulation.machine.device == "mps" and functionality is DENSE
    missing = mps_fallback.Fallback(simulation) if on_mps else None
    found = {}
    for name, operator in operators().items():
        if missing is not None and "MPS" not in operator.kernels:
            found[name] = missing.kernel(operator)
        else:
            found[name] = _kernel(simulation, operator, functionality)
    return {name: kernel for name, kernel in found.items() if kernel is not None}


def _kernel(simulation: Simulation, operator: Operator, functionality: Functionality) -> Kernel | None:
    """The kernel of an operator on the played device; None where the real device has none either."""
    kernels = operator.kernels
    if functionality.key("CUDA") not in kernels:
        return None
    if simulation.machine.device == "mps" and functionality.key("MPS") not in kernels:
        return None
    op = resolve(operator.name)
    if op is None or any(argument.name == "names" for argument in op._schema.arguments):
        return None
    if _is_shared(operator, functionality):
        return as_it_is(simulation, operator, op, functionality) if computes(op, functionality) else None
    return generic(simulation, operator.name, op, functionality)


def _is_shared(operator: Operator, functionality: Functionality) -> bool:
    """Whether the kernel of an operator is made of others, so that it serves every device. One for strided tensors may
    have parts of its own for each device even where the table names it once."""
    if functionality is DENSE or operator.base in _CHOOSING:
        return False
    return operator.kernels[functionality.key("CUDA")] == operator.kernels.get(functionality.key("CPU"))


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
