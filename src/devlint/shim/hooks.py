"""The hooks by which torch's C++ asks for an accelerator: the autograd engine wants to know the current one.

A build without the device has an object whose methods all say no. It is given a copy of its table of virtual methods
in which some are answered by Python. Where a method stands in the table is read from the headers that torch ships.
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
from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.simulation import Simulation

_FOLDER = Path(torch.__file__).parent
#: functions of libtorch that give the hooks of a device. ATen/detail/*HooksInterface.h
_GETTERS = {
    "cuda": "_ZN2at6detail12getCUDAHooksEv",
    "mps": "_ZN2at6detail11getMPSHooksEv",
    "xpu": "_ZN2at6detail11getXPUHooksEv",
    "npu": "_ZN2at6detail19getPrivateUse1HooksEv",
}
#: the table that the hooks of a build without the device have; that of the build's own hooks has no name to look up
_TABLES = {
    "cuda": "_ZTVN2at18CUDAHooksInterfaceE",
    "mps": "_ZTVN2at17MPSHooksInterfaceE",
    "xpu": "_ZTVN2at17XPUHooksInterfaceE",
}
#: what precedes the first method: the offset to the top of the object, and its type
_PREFIX = 2
#: methods that are copied: more than any of these interfaces has
_COPIED = 96
_WORD = ctypes.sizeof(ctypes.c_void_p)


def install(simulation: Simulation) -> None:
    """Let the accelerator be the played device.

    Raises:
        Unsupported: the headers and the library do not fit each other.
    """
    machine, retyping = simulation.machine, simulation.retyping
    if machine.device == "npu":
        simulation.kept.append(_registered())
    table = _Table(simulation, machine.device)
    boolean, integer, pointer = ctypes.c_bool, ctypes.c_int8, ctypes.c_void_p
    table.answer("isBuilt", boolean, lambda _: True)
    table.answer("isAvailable", boolean, lambda _: True)
    table.answer("hasPrimaryContext", boolean, lambda _, index: True, integer)
    table.answer("deviceCount", integer, lambda _: machine.count)
    table.answer("getCurrentDevice", integer, lambda _: machine.current)
    table.answer("init", None, lambda _: None)
    table.answer("getPinnedMemoryAllocator", pointer, lambda _: _host_allocator())
    # a c10::Device in two bytes: type, then index
    code = DEVICE_TYPE[machine.device]
    table.answer("getDeviceFromPtr", ctypes.c_uint16, lambda _, address: code | retyping.target << 8, pointer)
    if machine.device == "xpu":
        table.answer("getGlobalIdxFromDevice", ctypes.c_int32, lambda _, device: 0, pointer)
    table.put()


def _registered() -> object:
    """Hooks for the device type that torch leaves to others."""

    class Hooks(torch._C._acc.PrivateUse1Hooks):
        def is_available(self) -> bool:
            return True

        def has_primary_context(self, index: int) -> bool:
            return True

        def is_built(self) -> bool:
            return True

    hooks = Hooks()
    torch._C._acc.register_python_privateuseone_hook(hooks)
    return hooks


def _library(name: str) -> ctypes.CDLL:
    return ctypes.CDLL(str(_FOLDER / "lib" / name))


def _host_allocator() -> int | None:
    allocator = _library("libc10.so")._ZN3c1015GetCPUAllocatorEv
    allocator.restype = ctypes.c_void_p
    found: int | None = allocator()
    return found


class _Table:
    """A copy of the hooks' table of virtual methods."""

    def __init__(self, simulation: Simulation, device: str) -> None:
        self._simulation = simulation
        library = _library("libtorch_cpu.so")
        get = getattr(library, _GETTERS[device])
        get.restype = ctypes.c_void_p
        self._pointer = ctypes.c_void_p.from_address(get())
        self._original = self._pointer.value
        assert self._original is not None
        if device in _TABLES and torch.version.cuda is None:
            self._verify(library, _TABLES[device])
        entries = ctypes.c_void_p * (_COPIED + _PREFIX)
        old = entries.from_address(self._original - _PREFIX * _WORD)
        self._copy = entries(*old)
        self._slots = _slots(device)

    def _verify(self, library: ctypes.CDLL, symbol: str) -> None:
        """The object has to have the table that the library exports for its class."""
        exported = ctypes.addressof(ctypes.c_char.in_dll(library, symbol)) + _PREFIX * _WORD
        if exported != self._original:
            raise Unsupported(f"torch {torch.__version__} has other hooks than its symbol {symbol} says")

    def answer(self, name: str, result: Any, function: Callable[..., Any], *parameters: Any) -> None:
        """Let Python answer a method."""
        if name not in self._slots:
            raise Unsupported(f"the headers of torch {torch.__version__} declare no hook `{name}`")
        callback = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *parameters)(function)
        self._simulation.kept.append(callback)
        self._copy[_PREFIX + self._slots[name]] = ctypes.cast(callback, ctypes.c_void_p).value

    def put(self) -> None:
        """Give the copy to the object, until Python ends: C++ still asks when Python is gone."""
        self._simulation.kept.append(self._copy)
        self._pointer.value = ctypes.addressof(self._copy) + _PREFIX * _WORD
        atexit.register(setattr, self._pointer, "value", self._original)


def _slots(device: str) -> dict[str, int]:
    """Where each method stands: in the order of declaration, behind the two entries of the destructor (Itanium ABI)."""
    interface = "AcceleratorHooksInterface"
    names = [name for name in _virtuals(interface) if name != f"~{interface}"]
    if device == "xpu":
        names += [name for name in _virtuals("XPUHooksInterface") if name not in names and "~" not in name]
    return {name: index + 2 for index, name in enumerate(names)}


def _virtuals(interface: str) -> list[str]:
    """The virtual methods that a class of a shipped header declares, in order."""
    text = (_FOLDER / "include" / "ATen" / "detail" / f"{interface}.h").read_text(encoding="utf-8")
    text = re.sub(r"#ifdef USE_ROCM.*?#endif", "", text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    declared = re.search(rf"struct (?:TORCH_API )?{interface}\b[^;{{]*\{{", text)
    if declared is None:
        raise Unsupported(f"the headers of torch {torch.__version__} declare no {interface}")
    return re.findall(r"virtual[^({;]*?([~\w]+)\s*\(", text[declared.end() :])
