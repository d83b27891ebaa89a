"""``torch.npu``, which torch leaves to a plug-in."""

from __future__ import annotations

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import torch
from torch.utils.backend_registration import generate_methods_for_privateuse1_backend, rename_privateuse1_backend

from devlint.shim.runtime import forks
from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams, event_base, stream_base


def install(simulation: Simulation, streams: Streams) -> None:
    """Name the backend, and give it a module and the methods of tensors, modules and storages."""
    devices, generators = Devices(simulation), simulation.generators
    rename_privateuse1_backend("npu")

    def seed_all(seed: int) -> None:
        for index in range(len(generators)):
            generators.default(index).manual_seed(seed)

    stream, event = stream_base(streams), event_base("npu")

    def index_of(device: Any = None) -> int:
        if device is None or isinstance(device, int):
            return devices.current() if device is None else device
        index = torch.device(device).index
        return devices.current() if index is None else index

    def stream_of(index: int) -> Any:
        number, on, kind = streams.current(index)
        return stream(stream_id=number, device_index=on, device_type=kind)

    def set_stream(wanted: Any) -> None:
        streams.set(wanted.stream_id, wanted.device_index, wanted.device_type)

    def peak(device: Any = None) -> int:
        found: int = devices.statistics(index_of(device))["allocated_bytes"]["all"]["peak"]
        return found

    def generator(device: Any) -> torch.Generator:
        return generators.default(index_of(device))

    members: dict[str, Any] = {
        "is_available": lambda: True,
        "is_initialized": lambda: True,
        "init": nothing,
        "_lazy_init": nothing,
        "_is_in_bad_fork": lambda: simulation.machine.forked,
        "device_count": devices.count,
        "current_device": devices.current,
        "set_device": lambda device: devices.set(index_of(device)),
        "device": lambda device: _Device(devices, index_of(device)),
        "synchronize": devices.synchronize,
        "empty_cache": nothing,
        "memory_allocated": lambda device=None: devices.allocated(index_of(device)),
        "memory_reserved": lambda device=None: devices.allocated(index_of(device)),
        "max_memory_allocated": peak,
        "memory_stats": lambda device=None: devices.statistics(index_of(device)),
        "reset_peak_memory_stats": lambda device=None: devices.reset_peak(index_of(device)),
        "mem_get_info": lambda device=None: devices.free(index_of(device)),
        "manual_seed": lambda seed: generators.default().manual_seed(seed),
        "manual_seed_all": seed_all,
        "initial_seed": lambda: generators.default().initial_seed(),
        "get_rng_state": lambda device=None: generator(device).get_state(),
        "set_rng_state": lambda state, device=None: generator(device).set_state(state),
        "default_generators": generators,
        "Stream": type("Stream", (stream,), {"__module__": "torch.npu"}),
        "Event": type("Event", (event,), {"__module__": "torch.npu"}),
        "current_stream": lambda device=None: stream_of(index_of(device)),
        "set_stream": set_stream,
        "stream": lambda wanted: nullcontext() if wanted is None else wanted,
        "is_bf16_supported": lambda: True,
        "get_amp_supported_dtype": lambda: [torch.float16, torch.bfloat16],
        "get_device_name": lambda device=None: "devlint played NPU",
    }
    module = ModuleType("torch.npu")
    module.__dict__.update(members)
    register: Any = torch._register_device_module
    register("npu", module)
    generate_methods_for_privateuse1_backend(for_storage=True)
    forks.watch(simulation.machine, lambda: devices.allocated() > 0)


class _Device:
    """``with torch.npu.device(index):``."""

    def __init__(self, devices: Devices, index: int) -> None:
        self._devices, self.idx = devices, index
        self.prev_idx = -1

    def __enter__(self) -> None:
        self.prev_idx = self._devices.exchange(self.idx)

    def __exit__(self, *raised: object) -> None:
        self._devices.set(self.prev_idx)
