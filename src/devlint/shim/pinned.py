"""Pinned memory: a mark on memory of the host, which is all that a played device makes of it."""

from __future__ import annotations

import ctypes
import functools
import weakref
from collections import Counter
from typing import Any

import torch
import torch.utils._device
from torch import Tensor
from torch.jit import _builtins

from devlint.shim.dispatch import Library
from devlint.shim.simulation import Simulation

_FACTORIES = (
    "empty zeros ones full rand randn randint arange tensor empty_like zeros_like ones_like empty_strided".split()
)


_empty = torch.empty
#: words of a storage: its table of methods, its counts, and a DataPtr without the device
_HEAD = 5


class _Marks:
    """The storages that are pinned, by the address of their memory."""

    def __init__(self) -> None:
        self._addresses: Counter[int] = Counter()

    def put(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        address = storage.data_ptr()
        self._addresses[address] += 1
        weakref.finalize(storage, self._addresses.subtract, (address,))
        tensor._devlint_storage = storage  # type: ignore[attr-defined]  # lives as long as the tensor
        return tensor

    def has(self, tensor: Tensor, device: object = None) -> bool:
        if not tensor.numel():
            return False
        storage = tensor.untyped_storage()
        return self._addresses[storage.data_ptr()] > 0 or _deleter() in _words(storage)


@functools.cache
def _deleter() -> int:
    """The function of C++ that frees what it made in pinned memory itself (``hooks``); a storage points at it."""
    first, second = (_words(_empty(1, pin_memory=True).untyped_storage()) for _ in range(2))
    plain = _words(_empty(1).untyped_storage())
    (found,) = {a for a, b, c in zip(first, second, plain, strict=True) if a == b != c}
    return found


def _words(storage: torch.UntypedStorage) -> list[int]:
    """The first words of a c10::StorageImpl."""
    return list((ctypes.c_size_t * _HEAD).from_address(storage._cdata))


def install(simulation: Simulation) -> None:
    """Answer ``pin_memory`` in all its forms."""
    marks = _Marks()
    host, device = Library("CPU"), Library(simulation.machine.key)
    simulation.kept.extend((host, device))

    def pin(tensor: Tensor, device: object = None) -> Tensor:
        return marks.put(torch.empty_like(tensor, device="cpu").copy_(tensor))

    def refuse(tensor: Tensor, device: object = None) -> Tensor:
        raise RuntimeError(f"cannot pin '{tensor.type()}' only dense CPU tensors can be pinned")

    host.put("is_pinned", marks.has)
    host.put("_pin_memory", pin)
    device.put("is_pinned", lambda tensor, device=None: False)
    device.put("_pin_memory", refuse)
    torch.utils._device._device_constructors()  # keeps the functions that it finds now: those that TorchScript knows
    for name in _FACTORIES:
        _wrap(name, marks)


def _wrap(name: str, marks: _Marks) -> None:
    """Let a factory of torch mark what is asked for with ``pin_memory=True``."""
    factory = getattr(torch, name)

    @functools.wraps(factory)
    def wrapped(*args: Any, **kwargs: Any) -> Tensor:
        if not kwargs.get("pin_memory"):
            return factory(*args, **kwargs)  # type: ignore[no-any-return]
        del kwargs["pin_memory"]
        made = factory(*args, **kwargs)
        if made.device.type != "cpu":  # aten/src/ATen/EmptyTensor.cpp
            raise RuntimeError("Only dense CPU tensors can be pinned")
        return marks.put(made)

    setattr(torch, name, wrapped)
    table = _builtins._get_builtin_table()  # type: ignore[no-untyped-call]
    if id(factory) in table:
        table[id(wrapped)] = table[id(factory)]
