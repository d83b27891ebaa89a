"""Making the torch of this process play a world."""

from __future__ import annotations

import torch

from devlint.shim import guard, hooks, registration, runtime
from devlint.shim.dispatch import Kernel
from devlint.shim.legacy_half import LegacyHalf
from devlint.shim.machine import Machine
from devlint.shim.profile import Profile
from devlint.shim.runtime import cpu_build, driverless
from devlint.shim.simulation import Simulation
from devlint.world import World


def install(world: World, profile: Profile) -> None:
    """Let this process, which has just imported torch, play a world from now on.

    Raises:
        Unsupported: this build of torch cannot play it.
    """
    half = LegacyHalf()
    if profile.legacy_half:
        half.install()
    if torch.version.cuda is not None:
        if world.build != "cuda":
            cpu_build.install()
        elif world.accelerator is not None:
            hooks.take_cuda_away()
    if world.accelerator is None:
        if world.build == "cuda":
            driverless.install()
        return
    simulation = Simulation.of(Machine.of(world, profile.device_memory), profile.async_copies)
    runtime.install(simulation)
    guard.install(simulation)
    hooks.install(simulation)
    registration.register(simulation, half.exempt if profile.legacy_half else _as_it_is)


def _as_it_is(kernel: Kernel) -> Kernel:
    return kernel
