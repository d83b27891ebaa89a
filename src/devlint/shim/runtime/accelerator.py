"""``torch.accelerator``."""

from __future__ import annotations

from collections.abc import Callable

import torch

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams
from devlint.shim.untraced import untraced

#: types of numbers that a GPU computes with
_DTYPES = (
    torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex32, torch.complex64, torch.complex128,
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool,
)  # fmt: skip


def install(simulation: Simulation, streams: Streams) -> None:
    """Fill what ``torch/accelerator`` asks of C++."""
    devices = Devices(simulation)
    kind = simulation.machine.device

    def stream(index: int | None = None) -> torch.Stream:
        number, on, code = streams.current(devices.current() if index is None else index)
        return torch.Stream(stream_id=number, device_index=on, device_type=code)

    def capability(index: int) -> dict[str, set[torch.dtype]]:
        return {"supported_dtypes": set(_DTYPES)}

    answers: dict[str, Callable[..., object]] = {
        "getAccelerator": lambda: torch.device(kind),
        "getDeviceIndex": devices.current,
        "setDeviceIndex": devices.set,
        "exchangeDevice": devices.exchange,
        "maybeExchangeDevice": devices.maybe_exchange,
        "getStream": stream,
        "setStream": lambda wanted: streams.set(wanted.stream_id, wanted.device_index, wanted.device_type),
        "getDeviceCapability": capability,
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
        setattr(torch._C, f"_accelerator_{name}", untraced(answer))
    torch._C._get_accelerator = lambda check=False: torch.device(kind)
    torch.accelerator.is_available = lambda: True
    torch.accelerator.device_count = devices.count
