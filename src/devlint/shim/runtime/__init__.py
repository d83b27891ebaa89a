"""torch's own Python modules, answered for the played machine: availability, devices, streams, memory, generators."""

from __future__ import annotations

from importlib import import_module

from devlint.shim import autograd, generators, pinned, storages
from devlint.shim.runtime import accelerator, compilers, distributed
from devlint.shim.simulation import Simulation
from devlint.shim.streams import Streams


def install(simulation: Simulation) -> None:
    """Let them all answer for the machine."""
    streams = Streams(simulation)
    autograd.install()
    generators.install(simulation.machine.device, simulation.generators.make)
    pinned.install(simulation)
    accelerator.install(simulation, streams)
    compilers.install(simulation.machine.device)
    import_module(f"devlint.shim.runtime.{simulation.machine.device}").install(simulation, streams)
    if simulation.machine.device != "cuda":
        distributed.refuse(simulation)
    storages.install(simulation)  # after the methods that torch makes for a device of others, which need its C++
