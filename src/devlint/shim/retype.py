"""Host tensors and device tensors over the same memory.

A DLPack capsule says on which device its memory lies. With another device written into it, torch makes a tensor of that
type of it: its class, dispatch keys and storage are those of a real one, its bytes are host memory.
"""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor

from devlint.shim import Unsupported
from devlint.shim.dispatch import CPU
from devlint.shim.machine import DLPACK, Machine
from devlint.shim.memory import Memory

#: where the device stands in a DLTensor: after the data pointer, as two 32 bit integers. dlpack.h
_DEVICE = 8

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
_to_dlpack = torch._C._to_dlpack
_from_dlpack = torch._C._from_dlpack
_int64 = ctypes.c_int64
_as_strided = torch.ops.aten.as_strided.default


def on_host(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Call the CPU's kernel of an operator on tensors as they are: kernels that only read and write metadata do not
    look at the device."""
    return op.redispatch(CPU, *args, **kwargs)


class Retyping:
    """Turns tensors of a machine's host into tensors of its devices and back, without a copy."""

    def __init__(self, machine: Machine, memory: Memory) -> None:
        self._machine = machine
        self._memory = memory
        self._code = DLPACK[machine.device]
        #: index of the device that the tensor under construction is for: torch asks whose memory it is
        self.target = 0

    def host(self, tensor: Tensor) -> Tensor:
        """A tensor of the CPU over the same memory; itself where it is one."""
        if tensor.is_cpu:
            return tensor.clone() if tensor._is_zerotensor() else tensor
        if tensor._is_zerotensor():
            return torch.zeros(tensor.shape, dtype=tensor.dtype, device="cpu")
        made = self._made(tensor, DLPACK["cpu"], 0)
        # a capsule has no room for the bits of lazy views
        if tensor.is_complex() and tensor.is_conj():
            made = torch._conj(made)
        return torch._neg_view(made) if tensor.is_neg() else made

    def device(self, tensor: Tensor, index: int | None = None) -> Tensor:
        """A tensor of one of the devices, by default the current one, over the memory of a tensor of the CPU.

        Raises:
            Unsupported: the tensor is sparse, or of another layout that DLPack does not know.
            torch.OutOfMemoryError: the device is full.
        """
        if tensor.layout is not torch.strided:
            raise Unsupported(f"a tensor of layout {tensor.layout} on a played `{self._machine.device}`")
        if tensor.is_complex() and tensor.is_conj():
            tensor = tensor.resolve_conj()
        if tensor.is_neg():
            tensor = tensor.resolve_neg()
        index = self._machine.current if index is None else index
        if self._machine.device == "xpu" and not tensor.data_ptr():  # its import refuses memory that is nowhere
            one = self._made(torch.empty(1, dtype=tensor.dtype, device="cpu"), self._code, index)
            return on_host(_as_strided, one, tensor.shape, tensor.stride(), 0)  # type: ignore[no-any-return]
        made = self._made(tensor, self._code, index)
        if tensor.ndim and made.stride() != tensor.stride():  # DLPack makes the strides of dimensions of size 1 its own
            made = on_host(_as_strided, made, tensor.shape, tensor.stride(), 0)
        self._memory.hold(tensor, index)
        return made

    def _made(self, tensor: Tensor, code: int, index: int) -> Tensor:
        self.target = index
        capsule = _to_dlpack(tensor)
        _int64.from_address(_pointer(capsule, b"dltensor") + _DEVICE).value = code | (index << 32)
        return _from_dlpack(capsule)
