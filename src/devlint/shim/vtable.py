"""Tables of virtual methods: a C++ object is given a copy of its own in which some methods are answered by Python.

Where a method stands in the table is read from the headers that torch ships (Itanium C++ ABI: in the order of
declaration, two entries for the destructor, those of a base first).
"""

from __future__ import annotations

import atexit
import ctypes
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from devlint.shim import Unsupported

FOLDER = Path(torch.__file__).parent
_INCLUDE = FOLDER / "include"
#: what precedes the first method: the offset to the top of the object, and its type
_PREFIX = 2
#: methods that are copied: more than any of these interfaces has
_COPIED = 96
_WORD = ctypes.sizeof(ctypes.c_void_p)


def library(name: str) -> ctypes.CDLL:
    """One of torch's own libraries."""
    return ctypes.CDLL(str(FOLDER / "lib" / name))


def exported(owner: ctypes.CDLL, symbol: str) -> int:
    """What an object of a class points at: the first of the methods that a library exports for it."""
    return ctypes.addressof(ctypes.c_char.in_dll(owner, symbol)) + _PREFIX * _WORD


def demote(address: int, owner: ctypes.CDLL, symbol: str) -> None:
    """Let the object at an address be one of its base class, whose methods a library exports."""
    ctypes.c_void_p.from_address(address).value = exported(owner, symbol)


class Table:
    """The methods of the object at an address; ``classes`` are the headers and names of its class and, before it, of
    its bases."""

    def __init__(self, address: int, *classes: tuple[str, str]) -> None:
        self._pointer = ctypes.c_void_p.from_address(address)
        assert self._pointer.value is not None
        self._original = self._pointer.value
        entries = ctypes.c_void_p * (_COPIED + _PREFIX)
        self._copy = entries(*entries.from_address(self._original - _PREFIX * _WORD))
        self._slots = _slots(classes)
        #: what C++ only points at
        self._kept: list[object] = []

    def verify(self, owner: ctypes.CDLL, symbol: str) -> None:
        """Make sure that the object's methods are those that a library exports for its class.

        Raises:
            Unsupported: they are others.
        """
        if exported(owner, symbol) != self._original:
            raise Unsupported(f"torch {torch.__version__} has another object than its symbol {symbol} says")

    def answer(self, name: str, result: Any, function: Callable[..., Any], *parameters: Any) -> None:
        """Let Python answer a method; it is given the object, as an address, and the arguments.

        Raises:
            Unsupported: the headers declare no such method.
        """
        if name not in self._slots:
            raise Unsupported(f"the headers of torch {torch.__version__} declare no method `{name}`")
        callback = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *parameters)(function)
        self._kept.append(callback)
        self._copy[_PREFIX + self._slots[name]] = ctypes.cast(callback, ctypes.c_void_p).value

    def alias(self, name: str, other: str) -> None:
        """Let a method be another one of the same object, which takes the same arguments or fewer."""
        self._copy[_PREFIX + self._slots[name]] = self._copy[_PREFIX + self._slots[other]]

    def put(self) -> None:
        """Give the copy to the object, until Python ends: C++ still calls when Python is gone."""
        self._pointer.value = ctypes.addressof(self._copy) + _PREFIX * _WORD
        atexit.register(self._restore)

    def _restore(self) -> None:
        self._pointer.value = self._original


def _slots(classes: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """Where each method stands."""
    found: dict[str, int] = {}
    inherited: set[str] = set()
    position = 0
    for header, name in classes:
        for method in _virtuals(header, name):
            if method in inherited or (method.startswith("~") and inherited):
                continue
            if not method.startswith("~"):
                found.setdefault(method, position)
            position += 2 if method.startswith("~") else 1
        inherited |= found.keys()
    return found


def _virtuals(header: str, name: str) -> list[str]:
    """The virtual methods that a class of a shipped header declares, in order."""
    text = (_INCLUDE / header).read_text(encoding="utf-8")
    text = re.sub(r"#ifdef USE_ROCM.*?#endif", "", text, flags=re.S)
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    declared = re.search(rf"struct (?:TORCH_API |C10_API )?{name}\b[^;{{]*\{{", text)
    if declared is None:
        raise Unsupported(f"the headers of torch {torch.__version__} declare no {name}")
    end = text.find("\n};", declared.end())
    return re.findall(r"virtual[^({;]*?(~?\w+)\s*\(", text[declared.end() : end])
