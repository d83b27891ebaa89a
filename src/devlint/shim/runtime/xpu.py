"""``torch.xpu``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import xpu

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import StreamContext, Streams


def install(simulation: Simulation, streams: Streams) -> None:
    """Let it find the machine's GPUs."""
    machine, devices = simulation.machine, Devices(simulation)
    answers = {
        "getDeviceCount": devices.count,
        "init": nothing,
        "getDevice": devices.current,
        "setDevice": devices.set,
        "exchangeDevice": devices.exchange,
        "maybeExchangeDevice": devices.exchange,
        "synchronize": devices.synchronize,
        "emptyCache": nothing,
        "memoryStats": devices.statistics,
        "resetPeakMemoryStats": devices.reset_peak,
        "resetAccumulatedMemoryStats": nothing,
        "isInBadFork": lambda: machine.forked,
        "getMemoryInfo": devices.free,
        "getCurrentRawStream": lambda index: 0,
    }
    for name, answer in answers.items():
        setattr(torch._C, f"_xpu_{name}", answer)
    torch._C._has_xpu = True
    properties = SimpleNamespace(name="devlint played XPU", has_fp64=True, total_memory=machine.capacity)
    replaced: dict[str, Any] = {
        "_lazy_init": nothing,
        "_initialized": True,
        "is_available": lambda: True,
        "device_count": devices.count,
        "default_generators": simulation.generators,
        "Stream": streams.Stream,
        "Event": streams.Event,
        "current_stream": streams.current,
        "set_stream": streams.set,
        "StreamContext": StreamContext,
        "stream": StreamContext,
        "_exchange_device": devices.exchange,
        "_maybe_exchange_device": devices.exchange,
        "get_device_properties": lambda device=None: properties,
        "_get_device_properties": lambda device=None: properties,
        "get_device_name": lambda device=None: properties.name,
    }
    for name, value in replaced.items():
        setattr(xpu, name, value)
