"""What NCCL refuses that gloo does. torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch._C._distributed_c10d import ReduceOp

from devlint.shim import Unsupported

POINT_TO_POINT = frozenset(("send", "recv_"))
FLOAT8 = frozenset((torch.float8_e4m3fn, torch.float8_e5m2))
#: getNcclDataType; complex numbers are sent as pairs
_DTYPES = frozenset((
    torch.int8, torch.uint8, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64, torch.bfloat16,
    torch.bool, torch.complex64, torch.complex128, *FLOAT8,
))  # fmt: skip
_NAMES = {torch.int16: "Short", torch.uint16: "UInt16", torch.uint32: "UInt32", torch.uint64: "UInt64"}


def device_of(name: str, given: dict[str, Any], size: int) -> torch.device:
    """The device of the operands of a collective, by its name in torch's dispatcher, in a group of so many processes.

    Raises:
        ValueError, TypeError, RuntimeError, NotImplementedError: NCCL does not take them.
        Unsupported: what it does with them is not played.
    """
    if name == "recv_any_source_":
        raise NotImplementedError("ProcessGroupNCCL does not support recvAnysource")
    tensors = [tensor for value in given.values() for tensor in tensors_in(value)]
    for tensor in tensors:
        if not tensor.is_cuda or tensor.layout is not torch.strided:
            raise ValueError("Tensors must be CUDA and dense")
        if tensor.dtype not in _DTYPES:
            found = _NAMES.get(tensor.dtype, str(tensor.dtype).removeprefix("torch."))
            raise TypeError(f"Input tensor data type is not supported for NCCL process group: {found}")
    for value in given.values():  # lists of lists are flattened, which copies what is not contiguous
        for tensor in [value] if isinstance(value, Tensor) else value if isinstance(value, list) else []:
            if isinstance(tensor, Tensor) and not dense(tensor):
                if name in POINT_TO_POINT:
                    raise Unsupported(f"torch.distributed: {name} of nccl with a tensor that is not contiguous")
                raise ValueError("Tensors must be contiguous")
    if len({tensor.device for tensor in tensors}) > 1:
        raise RuntimeError("Tensors must be on the same device")
    if name in ("_allgather_base_", "_reduce_scatter_base_"):
        _refuse_sizes(name, tensors[0], tensors[1], size)
    if name == "alltoall_base_":
        _refuse_splits(tensors[0], given["output_split_sizes"], size)
        _refuse_splits(tensors[1], given["input_split_sizes"], size)
    if "reduce" in name and any(tensor.dtype in FLOAT8 for tensor in tensors):
        raise RuntimeError("Float8 dtypes are not currenlty supported for NCCL reductions")
    return tensors[0].device


def refuse_reduction(op: object, tensors: Any) -> None:
    """Raise what NCCL says of an operation that it does not have; other objects are not looked at.

    Raises:
        ValueError, TypeError: as NCCL does (getNcclReduceOp).
        Unsupported: NCCL has it, and gloo does not.
    """
    if not isinstance(op, ReduceOp | ReduceOp.RedOpType):
        return
    if op == ReduceOp.PREMUL_SUM:
        raise Unsupported("torch.distributed: ReduceOp.PREMUL_SUM of nccl")
    for name in ("BAND", "BOR", "BXOR"):
        if op == getattr(ReduceOp, name):
            raise ValueError(f"Cannot use ReduceOp.{name} with NCCL")
    if op == ReduceOp.AVG and any(tensor.dtype is torch.bool for tensor in tensors_in(tensors)):
        raise TypeError("Cannot use ReduceOp.AVG with boolean inputs")


def _refuse_sizes(name: str, output: Tensor, given: Tensor, size: int) -> None:
    gathers = name == "_allgather_base_"
    if output.dtype != given.dtype:
        raise TypeError(
            "output tensor must have the same type as input tensor" if gathers
            else "input tensor must be the same type as the output tensor."
        )  # fmt: skip
    if gathers and given.numel() * size != output.numel():
        raise ValueError("output tensor size must be equal to world_size times input tensor size")
    if not gathers and output.numel() * size != given.numel():
        raise ValueError("input tensor must be the same size as output size times world size")


def _refuse_splits(tensor: Tensor, splits: list[int], size: int) -> None:
    """torch/csrc/distributed/c10d/Utils.hpp: checkSplitSizes"""
    if not splits and tensor.size(0) % size:
        raise RuntimeError("Tensor's dim 0 does not divide equally across group size")
    if splits and len(splits) != size:
        raise RuntimeError("Number of tensor splits not equal to group size")
    if splits and sum(splits) != tensor.size(0):
        raise RuntimeError("Split sizes doesn't match total dim 0 size")


def dense(tensor: Tensor) -> bool:
    """Whether the memory of a tensor is one piece in which nothing is left out."""
    forms = (torch.contiguous_format, torch.channels_last, torch.channels_last_3d)
    return any(tensor.is_contiguous(memory_format=form) for form in forms)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors of an argument: of one, of a list, of lists."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from tensors_in(one)
