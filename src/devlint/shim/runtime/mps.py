"""``torch.mps`` and ``torch.backends.mps``."""

from __future__ import annotations

from typing import Any

import torch

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams


def install(simulation: Simulation, streams: Streams) -> None:
    """Let them find the machine's GPU."""
    devices = Devices(simulation)
    answers = {
        "is_available": lambda: True,
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
    backend: Any = torch.backends.mps
    backend.is_built = backend.is_available = lambda: True
    module: Any = torch.mps
    module.is_available, module.device_count, module.Event = lambda: True, devices.count, streams.Event
