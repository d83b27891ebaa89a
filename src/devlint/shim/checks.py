"""What kernels say of operands on different devices, in torch's words.

Sources: aten/src/ATen/TensorIterator.cpp, TensorAdvancedIndexing.cpp, native/cuda/Indexing.cu;
c10 adaption.cpp and torchgen/dest/register_dispatch_key.py for the check that is generated for CUDA and XPU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

from devlint.shim.dispatch import DENSE, KERNELLESS, Functionality
from devlint.shim.machine import Machine
from devlint.shim.operators import Operator

_INDEXING = frozenset("index _unsafe_index index_put index_put_ _index_put_impl_".split())
#: operators that look at their operands themselves
_LENIENT = ("_use_cudnn_ctc", "_use_miopen_ctc", "_fused_", "_ctc_loss", "_amp_")

Named = list[tuple[str, Tensor]]


def refuse(
    machine: Machine, operator: Operator, op: OpOverload[Any, Any], args: Sequence[Any], kwargs: Any,
    functionality: Functionality = DENSE,
) -> None:  # fmt: skip
    """Raise what a real kernel raises for these operands, some of which are on another device; return where it takes
    them.

    Raises:
        RuntimeError: with the text of the kernel, or of the check in front of it.
    """
    tensors = list(_tensors(op, args, kwargs))
    if operator.base in _INDEXING:
        _refuse_index(tensors)
    elif operator.base == "masked_fill_":
        _refuse_mask(tensors)
    elif operator.base.startswith("_foreach_"):
        _refuse_lists(args)
    elif operator.base.startswith(_LENIENT):
        return
    elif not operator.checked:
        if functionality is not DENSE:
            _refuse_sparse(operator, machine.key, tensors)
        _refuse_operands(operator, op, tensors, args, kwargs)
    elif machine.device == "mps":  # no check is generated; what the kernel finds is memory that is not its own
        raise RuntimeError("Placeholder storage has not been allocated on MPS device!")
    else:
        _refuse_checked(machine, operator, op, tensors, functionality)


def refuse_checked(
    machine: Machine, operator: Operator, op: OpOverload[Any, Any], args: Sequence[Any], kwargs: Any,
    functionality: Functionality,
) -> None:  # fmt: skip
    """Raise what the generated check does, if there is one on this machine and an operand is elsewhere.

    Raises:
        RuntimeError: with its text.
    """
    tensors = list(_tensors(op, args, kwargs))
    if operator.checked and machine.device != "mps" and len({tensor.device for _, tensor in tensors}) > 1:
        _refuse_checked(machine, operator, op, tensors, functionality)


def _tensors(op: OpOverload[Any, Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Iterator[tuple[str, Tensor]]:
    """The operands with the names of the schema, in its order; those in lists included."""
    given = [(argument.name, value) for argument, value in zip(op._schema.arguments, args, strict=False)]
    for name, value in (*given, *kwargs.items()):
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, Tensor):
                yield name, one


def _is_scalar(tensor: Tensor) -> bool:
    """Whether a tensor is taken as a number: one of the CPU without dimensions."""
    return tensor.ndim == 0 and tensor.device.type == "cpu"


def _refuse_index(tensors: Named) -> None:
    device = tensors[0][1].device
    for name, tensor in tensors[1:]:
        if name == "indices" and tensor.device.type != "cpu" and tensor.device != device:
            raise RuntimeError(
                f"indices should be either on cpu or on the same device as the indexed tensor ({device})"
            )
        if name == "values" and tensor.device != device and not _is_scalar(tensor):
            raise RuntimeError(f"expected device {device} but got device {tensor.device} for value tensor")


def _refuse_mask(tensors: Named) -> None:
    (_, filled), (_, mask), *value = tensors
    if mask.device != filled.device:
        raise RuntimeError(
            f"expected self and mask to be on the same device, but got mask on {mask.device} and self on "
            f"{filled.device}"
        )
    if value and value[0][1].ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value[0][1].ndim} "
            "dimension(s)."
        )


def _refuse_lists(args: Sequence[Any]) -> None:
    """Operators on lists, which take them apart where their tensors are not all alike (ATen/native/ForeachUtils.h)."""
    lists = [value for value in args if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor)]
    for together in zip(*lists, strict=False):
        devices = list(dict.fromkeys(tensor.device for tensor in together if not _is_scalar(tensor)))
        if len(devices) > 1:
            raise _on_two(*sorted(devices, key=lambda device: device.type == "cpu")[:2])


def _on_two(one: torch.device, other: torch.device | str) -> RuntimeError:
    return RuntimeError(
        f"Expected all tensors to be on the same device, but found at least two devices, {one} and {other}!"
    )


def _refuse_operands(
    operator: Operator, op: OpOverload[Any, Any], tensors: Named, args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """Operands of elementwise kernels, which take numbers of the CPU."""
    devices = list(dict.fromkeys(tensor.device for _, tensor in tensors if not _is_scalar(tensor)))
    if len(devices) <= 1 and devices[0].type != "cpu":
        return
    if torch._C._dispatch_has_computed_kernel_for_dispatch_key(f"aten::{operator.name}", "HPU"):
        op.redispatch(KERNELLESS, *args, **kwargs)  # torch's own function for shapes and devices says it
    raise _on_two(devices[0], devices[1] if len(devices) > 1 else "cpu")


def _refuse_sparse(operator: Operator, key: str, tensors: Named) -> None:
    """Elementwise kernels of sparse tensors (ATen/native/sparse/cuda/: SparseCUDATensorMath.cu and
    SparseCsrTensorMath.cu)."""
    if any(tensor.layout is torch.strided for _, tensor in tensors if not _is_scalar(tensor)):
        wanted = f"a {key} tensor, but got a CPU tensor"
    elif all(tensor.is_sparse for _, tensor in tensors):
        wanted = f"{key}, but got CPU"
    else:
        wanted = f"{key} tensor, but got tensor on device: cpu"
    for name, tensor in tensors:
        if tensor.is_cpu and not _is_scalar(tensor):
            raise RuntimeError(f"{operator.base.rstrip('_')}: expected '{name}' to be {wanted}")


def _refuse_checked(
    machine: Machine, operator: Operator, op: OpOverload[Any, Any], tensors: Named, functionality: Functionality
) -> None:
    """The generated check: what is written to first, the rest in the order of the schema, by the name of the function
    around the kernel."""
    out = {argument.name for argument in op._schema.arguments if argument.is_out}
    tensors = sorted(tensors, key=lambda named: named[0] not in out)
    overload = "" if operator.overload == "default" else operator.overload
    stem = f"{operator.base}_out" if out else operator.base
    method = f"{stem}_{overload}" if operator.structured and overload else stem
    if not operator.structured or functionality is not DENSE:  # none but kernels of strided tensors have that structure
        method = f"{overload}_{stem}"
    first = tensors[0][1].device
    for name, tensor in tensors[1:]:
        if tensor.device != first:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but got {name} is on {tensor.device}, different from "
                f"other tensors on {first} (when checking argument in method "
                f"wrapper_{functionality.key(machine.key)}_{method})"
            )
