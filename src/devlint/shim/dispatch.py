"""Kernels written in Python, at a key of torch's dispatcher."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch._C import DispatchKey, DispatchKeySet

Kernel = Callable[..., Any]

CPU = DispatchKeySet(DispatchKey.CPU)
#: a key without kernels of its own: in its slots stand composite ones, and torch's meta functions
KERNELLESS = DispatchKeySet(DispatchKey.HPU)


@dataclass(frozen=True, slots=True)
class Functionality:
    """What kind of tensor a kernel is for, each with a dispatch key of its own on every device: ``Sparse`` makes
    ``SparseCPU`` and ``SparseCUDA``. c10/core/DispatchKey.h"""

    name: str

    def key(self, backend: str) -> str:
        return f"{self.name}{backend}"

    @property
    def host(self) -> DispatchKeySet:
        """Where the CPU has its kernels."""
        return DispatchKeySet(getattr(DispatchKey, self.key("CPU")))


DENSE, SPARSE, COMPRESSED, NESTED = (Functionality(name) for name in ("", "Sparse", "SparseCsr", "NestedTensor"))


class Library:
    """Puts kernels at one dispatch key; they stay as long as this object does. One that is there already is replaced
    without a word: that is what the shim is for."""

    def __init__(self, key: str, namespace: str = "aten") -> None:
        self._key = key
        self._namespace = namespace
        self._library: Any = torch._C._dispatch_library("IMPL", namespace, key, "", 0)

    def put(self, name: str, kernel: Kernel) -> None:
        """The kernel of an operator, by its name with its overload: ``add.Tensor``."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="[^$]*Overriding a previously registered kernel")
            self._library.impl(f"{self._namespace}::{name}", self._key, kernel, False)

    def fall_back(self, kernel: Kernel) -> None:
        """The kernel of every operator that has none; it is given the operator first."""
        self._library.fallback(self._key, kernel, False)
