"""The device guard: c10 asks it which device is current, and records and waits for events with it."""

from __future__ import annotations

import atexit
import ctypes
import itertools
import time
from typing import Any

import torch

from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.simulation import Simulation
from devlint.shim.vtable import Table, library

#: c10's table of guards by device type. c10/core/impl/DeviceGuardImplInterface.h
_REGISTRY = "_ZN3c104impl26device_guard_impl_registryE"
_INTERFACE = ("c10/core/impl/DeviceGuardImplInterface.h", "DeviceGuardImplInterface")
#: where a pybind11 object points at what it holds: behind the header of every Python object
_HELD = 16
_CPU = 0


def install(simulation: Simulation) -> None:
    """Put a guard for the played device into c10's table, in place of one that a build for this device brings."""
    kinds = torch._C._autograd.DeviceType
    names = {"cuda": "CUDA", "mps": "MPS", "xpu": "XPU", "npu": "PrivateUse1"}
    kind = getattr(kinds, names[simulation.machine.device])

    class Guard(torch._C._acc.DeviceGuard):
        def type_(self) -> Any:
            return kind

    guard = Guard()
    held = ctypes.c_void_p.from_address(id(guard) + _HELD).value
    assert held is not None
    table = Table(held, _INTERFACE)
    _Events(simulation).answer(table)
    machine, code = simulation.machine, int(kind)
    # a c10::Device in two bytes, type, then index: where what moves to a device without an index goes
    table.answer("getDevice", ctypes.c_uint16, lambda _: code | machine.current << 8)
    for name in ("getStreamFromGlobalPool", "getNewStream", "getDefaultStream"):
        table.alias(name, "getStream")  # everything is done in order: one stream is like another
    table.put()
    registry = _registry()
    registry[int(kind)] = held
    # C++ still asks when Python is gone: the guard of the CPU answers without it
    atexit.register(registry.__setitem__, int(kind), registry[_CPU])
    simulation.kept.extend((guard, table))


def take_cuda_away() -> None:
    """Let there be no guard for CUDA, as in a build without it."""
    _registry()[DEVICE_TYPE["cuda"]] = None


def _registry() -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * (max(DEVICE_TYPE.values()) + 1)).in_dll(library("libc10.so"), _REGISTRY)


class _Events:
    """Events of ``torch.Event``: everything is done in order, so all that they know is when they were recorded."""

    def __init__(self, simulation: Simulation) -> None:
        self._copies = simulation.copies
        self._numbers = itertools.count(1)
        self._recorded: dict[int, float] = {}

    def answer(self, table: Table) -> None:
        """Take over what a guard does with events and streams."""
        pointer, index = ctypes.c_void_p, ctypes.c_int8
        table.answer("record", None, self._record, ctypes.POINTER(pointer), pointer, index, ctypes.c_int)
        table.answer("block", None, lambda _, event, stream: None, pointer, pointer)
        table.answer("queryEvent", ctypes.c_bool, lambda _, event: self._copies.query(), pointer)
        table.answer("queryStream", ctypes.c_bool, lambda _, stream: self._copies.query(), pointer)
        table.answer("synchronizeEvent", None, self._wait, pointer)
        table.answer("synchronizeStream", None, self._wait, pointer)
        table.answer("synchronizeDevice", None, self._wait, index)
        table.answer("destroyEvent", None, self._forget, pointer, index)
        table.answer("elapsedTime", ctypes.c_double, self._elapsed, pointer, pointer, index)

    def _record(self, guard: int, event: Any, stream: int, device: int, flag: int) -> None:
        if not event[0]:
            event[0] = next(self._numbers)
        self._recorded[event[0]] = time.perf_counter()

    def _forget(self, guard: int, event: int | None, device: int) -> None:
        self._recorded.pop(event or 0, None)

    def _wait(self, guard: int, awaited: int) -> None:
        self._copies.finish()

    def _elapsed(self, guard: int, first: int, second: int, device: int) -> float:
        """Milliseconds between two events."""
        return (self._recorded[second] - self._recorded[first]) * 1e3
