"""Random number generators of played devices."""

from __future__ import annotations

import ctypes
import itertools
import weakref
from collections.abc import Callable
from typing import Any

import torch

from devlint.shim.machine import DEVICE_TYPE, Machine

_Native = torch._C.Generator
#: where a Python generator points at its implementation: behind the header of every Python object
_IMPLEMENTATION = 16
#: a c10::Device of the CPU as its two bytes, type 0 and index -1, and where in an implementation to look for it
_CPU_DEVICE = 0xFF00
_SEARCHED = range(16, 96, 2)


def _address(generator: torch.Generator) -> int:
    found = ctypes.c_void_p.from_address(id(generator) + _IMPLEMENTATION).value
    assert found is not None
    return found


#: devices whose generators count: their state is a seed and an offset. ATen/cuda/CUDAGeneratorImpl.cpp
_PHILOX = ("cuda", "xpu")
#: states that can be gone back to; those before are forgotten
_KEPT = 4096


class _Tickets:
    """States of generators of the CPU, and for each the 16 bytes that a program is given for it: a seed, and a number
    in place of the offset."""

    def __init__(self) -> None:
        self._states: dict[int, torch.Tensor] = {}
        self._numbers = itertools.count()

    def given(self, seed: int, state: torch.Tensor) -> torch.Tensor:
        number = next(self._numbers)
        self._states[number] = state
        self._states.pop(number - _KEPT, None)
        signed = seed - (1 << 64) if seed >= 1 << 63 else seed
        return torch.tensor([signed, number], dtype=torch.int64, device="cpu").view(torch.uint8)

    def taken(self, ticket: torch.Tensor) -> torch.Tensor | None:
        """The state of a ticket; None where it is not of this process, or too old.

        Raises:
            RuntimeError: it is no such state (text of ATen/cuda/CUDAGeneratorImpl.cpp).
        """
        if ticket.numel() != 16:
            raise RuntimeError("RNG state is wrong size")
        return self._states.get(int(ticket.view(torch.int64)[1]))


_TICKETS = _Tickets()


class DeviceGenerator(_Native):
    """A generator that torch takes for one of a device, since the device field of its implementation says so; the
    numbers are those of ``host``, a generator of the CPU."""

    host: torch.Generator

    def __new__(cls, device: torch.device) -> DeviceGenerator:
        made: DeviceGenerator = _Native.__new__(cls, device="cpu")  # type: ignore[call-arg]
        return made

    def __init__(self, device: torch.device) -> None:
        self.host = _Native(device="cpu")
        address = _address(self)
        for offset in _SEARCHED:
            field = ctypes.c_uint16.from_address(address + offset)
            if field.value == _CPU_DEVICE:
                field.value = DEVICE_TYPE[device.type] | (device.index & 0xFF) << 8
                break
        assert self.device == device, "the layout of at::Generator is another one"

    def manual_seed(self, seed: int) -> DeviceGenerator:
        self.host.manual_seed(seed)
        return self

    def seed(self) -> int:
        return self.host.seed()

    def initial_seed(self) -> int:
        return self.host.initial_seed()

    def get_state(self) -> torch.Tensor:
        """The state as a tensor of bytes of the CPU, as long as that of the device's own generators."""
        state = self.host.get_state()
        return _TICKETS.given(self.initial_seed(), state) if self.device.type in _PHILOX else state

    def set_state(self, state: torch.Tensor) -> DeviceGenerator:
        """Go back to a state. One that another process gave brings its seed alone: the numbers are simulated."""
        found = _TICKETS.taken(state) if self.device.type in _PHILOX else state
        if found is None:
            self.host.manual_seed(int(state.view(torch.int64)[0]))
        else:
            self.host.set_state(found)
        return self

    def graphsafe_get_state(self) -> DeviceGenerator:
        return self

    def clone_state(self) -> DeviceGenerator:
        copy = DeviceGenerator(self.device)
        copy.set_state(self.get_state())
        return copy

    def get_offset(self) -> int:
        return 0

    def set_offset(self, offset: int) -> DeviceGenerator:
        """The position in a counter-based stream, which the numbers of the CPU have none of."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.device,)


class Generators:
    """The generators of a machine's devices: one default for each, and those that programs make."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._defaults: dict[int, DeviceGenerator] = {}
        #: by the address of the implementation: C++ hands a kernel a fresh Python object for it
        self._known: weakref.WeakValueDictionary[int, DeviceGenerator] = weakref.WeakValueDictionary()

    def make(self, device: torch.device) -> DeviceGenerator:
        """A new generator for a device; without an index for the current one."""
        index = self._machine.current if device.index is None else device.index
        made = DeviceGenerator(torch.device(device.type, index))
        self._known[_address(made)] = made
        return made

    def default(self, index: int | None = None) -> DeviceGenerator:
        """The default generator of a device, by default the current one."""
        index = self._machine.current if index is None else index
        if index not in self._defaults:
            self._defaults[index] = self.make(torch.device(self._machine.device, index)).manual_seed(0)
        return self._defaults[index]

    def host_of(self, generator: torch.Generator) -> torch.Generator:
        """Where the numbers of a device's generator come from.

        Raises:
            RuntimeError: it is a generator of another device (text of ATen/core/Generator.h).
        """
        if generator.device.type != self._machine.device:
            raise RuntimeError(
                f"Expected a '{self._machine.device}' device type for generator but found '{generator.device.type}'"
            )
        return self._known[_address(generator)].host

    def __len__(self) -> int:
        return self._machine.count

    def __getitem__(self, index: int) -> DeviceGenerator:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.default(index)


def install(kind: str, make: Callable[[torch.device], torch.Generator]) -> None:
    """Let ``torch.Generator(device)`` be what ``make`` returns for a device of this kind; the class stays what
    ``isinstance`` takes it for."""
    native = torch.Generator

    class Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, native)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, native)

        def __call__(cls, device: Any = "cpu") -> torch.Generator:
            wanted = torch.device(kind, device) if isinstance(device, int) else torch.device(device)
            return make(wanted) if wanted.type == kind else native(device=wanted)

    torch.Generator = Meta("Generator", (), {"__module__": "torch"})  # type: ignore[misc, assignment]
