"""The device guard: c10 asks it which device is current, and switches devices with it."""

from __future__ import annotations

import atexit
import ctypes
from pathlib import Path
from typing import Any

import torch

from devlint.shim.simulation import Simulation

#: c10's table of guards by device type. c10/core/impl/DeviceGuardImplInterface.h
_REGISTRY = "_ZN3c104impl26device_guard_impl_registryE"
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
    simulation.kept.append(guard)
    library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libc10.so"))
    registry = (ctypes.c_void_p * (int(kind) + 1)).in_dll(library, _REGISTRY)
    registry[int(kind)] = ctypes.c_void_p.from_address(id(guard) + _HELD).value
    # C++ still asks when Python is gone: the guard of the CPU answers without it
    atexit.register(registry.__setitem__, int(kind), registry[_CPU])
