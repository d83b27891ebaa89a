"""``torch.npu``, which torch leaves to a plug-in."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import torch
from torch.utils.backend_registration import generate_methods_for_privateuse1_backend, rename_privateuse1_backend

from devlint.shim.runtime.devices import Devices, nothing
from devlint.shim.simulation import Simulation
from devlint.shim.streams import StreamContext, Streams


def install(simulation: Simulation, streams: Streams) -> None:
    """Name the backend, and give it a module and the methods of tensors, modules and storages."""
    devices, generators = Devices(simulation), simulation.generators
    rename_privateuse1_backend("npu")

    def seed_all(seed: int) -> None:
        for index in range(len(generators)):
            generators.default(index).manual_seed(seed)

    def set_device(device: Any) -> None:
        devices.set(device if isinstance(device, int) else torch.device(device).index or 0)

    members: dict[str, Any] = {
        "is_available": lambda: True,
        "is_initialized": lambda: True,
        "_lazy_init": nothing,
        "_is_in_bad_fork": lambda: simulation.machine.forked,
        "device_count": devices.count,
        "current_device": devices.current,
        "set_device": set_device,
        "synchronize": devices.synchronize,
        "empty_cache": nothing,
        "memory_allocated": lambda device=None: devices.allocated(),
        "manual_seed": lambda seed: generators.default().manual_seed(seed),
        "manual_seed_all": seed_all,
        "get_rng_state": lambda device=None: generators.default().get_state(),
        "set_rng_state": lambda state, device=None: generators.default().set_state(state),
        "Stream": streams.Stream,
        "Event": streams.Event,
        "current_stream": streams.current,
        "stream": StreamContext,
        "get_amp_supported_dtype": lambda: [torch.float16, torch.bfloat16],
        "get_device_name": lambda device=None: "devlint played NPU",
    }
    module = ModuleType("torch.npu")
    module.__dict__.update(members)
    torch._register_device_module("npu", module)  # type: ignore[no-untyped-call]
    generate_methods_for_privateuse1_backend(for_storage=True)
