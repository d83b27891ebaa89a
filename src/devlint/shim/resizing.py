"""Storages of played devices that grow or shrink: every tensor that shares one sees it.

Torch's C++ resizes the storages of its own allocators alone. Here a storage is given the memory of another one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor, UntypedStorage

from devlint.shim import Unsupported
from devlint.shim.retype import Retyping, on_host

_set_storage = torch.ops.aten.set_.source_Storage_storage_offset
#: words of a c10::DataPtr that say where its memory begins, what owns it, and what frees it. c10/core/Allocator.h
_OWNING = 3
_WORD = 8


def resize(retyping: Retyping, storage: UntypedStorage, size: int) -> None:
    """Let a storage have so many bytes; what is in it stays, as far as there is room.

    Raises:
        Unsupported: storages of this build are not laid out as expected.
        torch.OutOfMemoryError: the device is full.
    """
    made = retyping.device(torch.empty(size, dtype=torch.uint8, device="cpu"), storage.device.index).untyped_storage()
    ctypes.memmove(made.data_ptr(), storage.data_ptr(), min(size, storage.nbytes()))
    _exchange(storage, made)
    _word(storage, _places()[1]).value = size


def reshape(retyping: Retyping, tensor: Tensor, offset: int, shape: Sequence[int], stride: Sequence[int]) -> None:
    """Let a tensor show another part of its storage, which grows if it has to."""
    storage = tensor.untyped_storage()
    last = 0 if 0 in shape else offset + 1 + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    if last * tensor.element_size() > storage.nbytes():
        resize(retyping, storage, last * tensor.element_size())
    on_host(_set_storage, tensor, storage, offset, shape, stride)


def assign(retyping: Retyping, tensor: Tensor, made: Tensor) -> None:
    """Let a tensor have the shape, the strides and the values of a tensor of the CPU, as an operator's ``out`` does."""
    storage = tensor.untyped_storage()
    if storage.nbytes():
        reshape(retyping, tensor, int(tensor.storage_offset()), made.shape, made.stride())
        retyping.host(tensor).copy_(made)
        return
    there = retyping.device(made, storage.device.index)
    size = there.untyped_storage().nbytes()
    _exchange(storage, there.untyped_storage())
    _word(storage, _places()[1]).value = size
    on_host(_set_storage, tensor, storage, there.storage_offset(), made.shape, made.stride())


def _exchange(one: UntypedStorage, other: UntypedStorage) -> None:
    """Let two storages of a device have each other's memory."""
    first, _ = _places()
    for place in range(first, first + _OWNING):
        here, there = _word(one, place), _word(other, place)
        here.value, there.value = there.value, here.value


def _word(storage: UntypedStorage, place: int) -> ctypes.c_uint64:
    return ctypes.c_uint64.from_address(storage._cdata + _WORD * place)


@cache
def _places() -> tuple[int, int]:
    """Where in a c10::StorageImpl its memory and its size stand, in words: found by looking into one whose are known.

    Raises:
        Unsupported: they are not there.
    """
    storage = torch.empty(12345, dtype=torch.uint8, device="cpu").untyped_storage()
    words = [_word(storage, place).value for place in range(8)]
    data = storage.data_ptr()
    first = words.index(data) if data in words else len(words)
    # the CPU's allocator owns what it points at, and a device of two bytes is between the memory and its size
    if data not in words[first + 1 : first + _OWNING] or words[first + _OWNING + 1 : first + _OWNING + 2] != [12345]:
        raise Unsupported("resizing a storage with this build of torch")
    return first, first + _OWNING + 1
