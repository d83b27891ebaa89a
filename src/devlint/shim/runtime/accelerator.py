"""``torch.accelerator``."""

from __future__ import annotations

import torch

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation


def install(simulation: Simulation) -> None:
    """Fill what ``torch/accelerator`` asks of C++."""
    devices = Devices(simulation)
    kind = simulation.machine.device
    answers = {
        "getAccelerator": lambda: torch.device(kind),
        "getDeviceIndex": devices.current,
        "setDeviceIndex": devices.set,
        "exchangeDevice": devices.exchange,
        "maybeExchangeDevice": devices.exchange,
        "synchronizeDevice": devices.synchronize,
        "isAllocatorInitialized": lambda: True,
        "emptyCache": nothing,
        "emptyHostCache": nothing,
        "getDeviceStats": devices.statistics,
        "resetPeakStats": devices.reset_peak,
        "resetAccumulatedStats": nothing,
        "getMemoryInfo": devices.free,
        "hooks_device_count": devices.count,
        "hooks_get_current_device": devices.current,
    }
    for name, answer in answers.items():
        setattr(torch._C, f"_accelerator_{name}", answer)
    torch._C._get_accelerator = lambda check=False: torch.device(kind)
    torch.accelerator.is_available = lambda: True
    torch.accelerator.device_count = devices.count
