"""``torch.mps`` and ``torch.backends.mps``."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams


def install(simulation: Simulation, streams: Streams) -> None:
    """Let them find the machine's GPU."""
    devices = Devices(simulation)
    answers: dict[str, Callable[..., object]] = _events() | {
        "is_available": lambda: True,
        "is_on_macos_or_newer": lambda major, minor: True,
        "deviceSynchronize": devices.synchronize,
        "emptyCache": nothing,
        "setMemoryFraction": nothing,
        "currentAllocatedMemory": devices.allocated,
        "driverAllocatedMemory": devices.allocated,
        "recommendedMaxMemory": lambda: simulation.machine.capacity,
        "is_in_bad_fork": lambda: False,
        "get_default_generator": simulation.generators.default,
    }
    for name, answer in answers.items():
        setattr(torch._C, f"_mps_{name}", answer)
    torch._C._has_mps = True
    for remembered in vars(torch.backends.mps).values():  # what they answered before
        getattr(remembered, "cache_clear", nothing)()


def _events() -> dict[str, Callable[..., object]]:
    """The functions behind ``torch.mps.Event``, which keeps only a number itself (torch/mps/event.py): each number
    stands for an event that the device guard answers for."""
    events: dict[int, torch.Event] = {}
    numbers = itertools.count(1)

    def acquire(enable_timing: bool) -> int:
        number = next(numbers)
        events[number] = torch.Event("mps", enable_timing=enable_timing)
        return number

    return {
        "acquireEvent": acquire,
        "releaseEvent": lambda number: events.pop(number, None),
        "recordEvent": lambda number: events[number].record(),
        "waitForEvent": lambda number: events[number].wait(),
        "queryEvent": lambda number: events[number].query(),
        "synchronizeEvent": lambda number: events[number].synchronize(),
        "elapsedTimeOfEvents": lambda start, end: events[start].elapsed_time(events[end]),
    }
