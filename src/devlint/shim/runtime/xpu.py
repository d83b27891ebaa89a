"""``torch.xpu``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import xpu

from devlint.shim.runtime import forks
from devlint.shim.runtime.devices import Devices
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams, natives
from devlint.shim.streams import install as install_streams


def install(simulation: Simulation, streams: Streams) -> None:
    """Let it find the machine's GPUs."""
    machine, devices = simulation.machine, Devices(simulation)
    answers = natives(streams) | devices.natives() | {"getMemoryInfo": devices.free, "getArchFlags": lambda: "pvc"}
    for name, answer in answers.items():
        setattr(torch._C, f"_xpu_{name}", answer)
    torch._C._has_xpu = True
    properties = SimpleNamespace(
        name="devlint played XPU", has_fp64=True, has_bfloat16_conversions=True, total_memory=machine.capacity
    )
    replaced: dict[str, Any] = {
        "_device_count_zes": lambda: -1,  # the driver of this machine is not asked
        "_is_in_bad_fork": lambda: machine.forked,
        "_exchange_device": devices.exchange,
        "_maybe_exchange_device": devices.exchange,
        "_get_device_properties": lambda index: properties,
        "default_generators": simulation.generators,
    }
    for name, value in replaced.items():
        setattr(xpu, name, value)
    if (graphs := getattr(xpu, "graphs", None)) is not None:  # since torch 2.11, whose optimisers ask it
        graphs._xpu_isCurrentStreamCapturing = lambda: False
    install_streams(streams, xpu.streams, "Xpu")
    forks.watch(machine, xpu.is_initialized)
