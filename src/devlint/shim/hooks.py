"""The hooks by which torch's C++ asks for an accelerator: the autograd engine wants to know the current one.

A build without the device has an object whose methods all say no; here Python answers some of them.
"""

from __future__ import annotations

import ctypes

import torch

from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.simulation import Simulation
from devlint.shim.vtable import Table, demote, library

#: functions of libtorch that give the hooks of a device. ATen/detail/*HooksInterface.h
_GETTERS = {
    "cuda": "_ZN2at6detail12getCUDAHooksEv",
    "mps": "_ZN2at6detail11getMPSHooksEv",
    "xpu": "_ZN2at6detail11getXPUHooksEv",
    "npu": "_ZN2at6detail19getPrivateUse1HooksEv",
}
#: the methods of these hooks in a build without the device
_TABLES = {
    "cuda": "_ZTVN2at18CUDAHooksInterfaceE",
    "mps": "_ZTVN2at17MPSHooksInterfaceE",
    "xpu": "_ZTVN2at17XPUHooksInterfaceE",
}
#: the version of cuDNN that a played GPU comes with
CUDNN = 91000


def take_cuda_away() -> None:
    """Let the hooks of a build for CUDA be those of one without: nothing then asks a driver, or a library of NVIDIA."""
    demote(_address("cuda"), library("libtorch_cpu.so"), _TABLES["cuda"])


def install(simulation: Simulation) -> None:
    """Let the accelerator be the played device.

    Raises:
        Unsupported: the headers and the library do not fit each other.
    """
    machine, retyping = simulation.machine, simulation.retyping
    if machine.device == "npu":
        simulation.kept.append(_registered())
    table = _table(machine.device)
    boolean, integer, pointer = ctypes.c_bool, ctypes.c_int8, ctypes.c_void_p
    table.answer("isBuilt", boolean, lambda _: True)
    table.answer("isAvailable", boolean, lambda _: True)
    table.answer("hasPrimaryContext", boolean, lambda _, index: True, integer)
    table.answer("deviceCount", integer, lambda _: machine.count)
    table.answer("getCurrentDevice", integer, lambda _: machine.current)
    table.answer("init", None, lambda _: None)
    allocator = _host_allocator()
    table.answer("getPinnedMemoryAllocator", pointer, lambda _: allocator)
    # a c10::Device in two bytes: type, then index
    code = DEVICE_TYPE[machine.device]
    table.answer("getDeviceFromPtr", ctypes.c_uint16, lambda _, address: code | retyping.target << 8, pointer)
    if machine.device == "cuda":  # the choice between kernels of attention looks for bugs of some versions
        for name in ("versionCuDNN", "versionRuntimeCuDNN"):
            table.answer(name, ctypes.c_long, lambda _: CUDNN)
    if machine.device == "xpu":
        table.answer("getGlobalIdxFromDevice", ctypes.c_int32, lambda _, device: 0, pointer)
    table.put()
    simulation.kept.append(table)


def _table(device: str) -> Table:
    interfaces = ["AcceleratorHooksInterface"]
    if device in ("cuda", "xpu"):
        interfaces.append(f"{device.upper()}HooksInterface")
    table = Table(_address(device), *((f"ATen/detail/{name}.h", name) for name in interfaces))
    if device in _TABLES:
        table.verify(library("libtorch_cpu.so"), _TABLES[device])
    return table


def _address(device: str) -> int:
    get = getattr(library("libtorch_cpu.so"), _GETTERS[device])
    get.restype = ctypes.c_void_p
    found: int = get()
    return found


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


def _host_allocator() -> int | None:
    get = library("libc10.so")._ZN3c1015GetCPUAllocatorEv
    get.restype = ctypes.c_void_p
    found: int | None = get()
    return found
