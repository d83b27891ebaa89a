"""Host tensors and device tensors over the same memory.

A DLPack capsule says on which device its memory lies. With another device written into it, torch makes a tensor of that
type of it: its class, dispatch keys and storage are those of a real one, its bytes are host memory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from devlint.shim import layouts
from devlint.shim.dispatch import CPU
from devlint.shim.machine import DLPACK, Machine
from devlint.shim.memory import Memory

#: where the device stands in a DLTensor: after the data pointer, as two 32 bit integers. dlpack.h
_DEVICE = 8

#: what DLPack says of tensors that it cannot describe: made of others, or of numbers that it does not know
_NO_MEMORY = (RuntimeError, BufferError)

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
        try:
            made = self._made(tensor, DLPACK["cpu"], 0)
        except _NO_MEMORY:
            return layouts.rebuilt(tensor, self.host)
        # a capsule has no room for the bits of lazy views
        if tensor.is_complex() and tensor.is_conj():
            made = torch._conj(made)
        return torch._neg_view(made) if tensor.is_neg() else made

    def parts(self, values: Iterable[Any]) -> dict[int, Tensor]:
        """Of these values the tensors of a device that share a storage, by id: as tensors of the CPU that share one as
        well. Torch looks at storages to find out whether what is written to overlaps what is read."""
        tensors = {id(value): value for value in values if isinstance(value, Tensor) and not value.is_cpu}
        storages = [_place(tensor) for tensor in tensors.values()]
        if len(set(storages)) == len(storages):
            return {}
        wholes: dict[int, Tensor] = {}
        found = {}
        for (key, tensor), storage in zip(tensors.items(), storages, strict=True):
            if storages.count(storage) > 1 and tensor.numel() and not tensor.is_conj() and not tensor.is_neg():
                if storage not in wholes:
                    bytes_ = tensor.untyped_storage().nbytes()
                    wholes[storage] = self.host(on_host(_as_strided, tensor, [bytes_ // tensor.itemsize], [1], 0))
                whole = wholes[storage].untyped_storage()
                place = tensor.storage_offset(), tensor.shape, tensor.stride()
                found[key] = torch.empty(0, dtype=tensor.dtype, device="cpu").set_(whole, *place)
        return found

    def device(self, tensor: Tensor, index: int | None = None) -> Tensor:
        """A tensor of one of the devices, by default the current one, over the memory of a tensor of the CPU.

        Raises:
            Unsupported: the tensor is quantized, or of a layout or a type that DLPack does not know.
            torch.OutOfMemoryError: the device is full.
        """
        if tensor.is_complex() and tensor.is_conj():
            tensor = tensor.resolve_conj()
        if tensor.is_neg():
            tensor = tensor.resolve_neg()
        index = self._machine.current if index is None else index
        if (
            self._machine.device == "xpu" and tensor.layout is torch.strided and not tensor.data_ptr()
        ):  # its import refuses memory that is nowhere
            one = self._made(torch.empty(1, dtype=tensor.dtype, device="cpu"), self._code, index)
            return on_host(_as_strided, one, tensor.shape, tensor.stride(), 0)  # type: ignore[no-any-return]
        try:
            made = self._made(tensor, self._code, index)
        except _NO_MEMORY:
            return layouts.rebuilt(tensor, lambda member: self.device(member, index))
        if tensor.ndim and made.stride() != tensor.stride():  # DLPack makes the strides of dimensions of size 1 its own
            made = on_host(_as_strided, made, tensor.shape, tensor.stride(), 0)
        self._memory.hold(tensor, index)
        return made

    def _made(self, tensor: Tensor, code: int, index: int) -> Tensor:
        self.target = index
        capsule = _to_dlpack(tensor)
        _int64.from_address(_pointer(capsule, b"dltensor") + _DEVICE).value = code | (index << 32)
        return _from_dlpack(capsule)


def _place(tensor: Tensor) -> int:
    """What identifies the storage of a tensor; the tensor itself where it has none."""
    plain = tensor.layout is torch.strided and not tensor.is_nested
    return tensor.untyped_storage()._cdata if plain else id(tensor)
