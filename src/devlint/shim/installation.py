"""Making the torch of this process play a world."""

from __future__ import annotations

import torch
from torch.utils.backend_registration import rename_privateuse1_backend

from devlint.shim import guard, hooks, registration, runtime
from devlint.shim.dispatch import Kernel
from devlint.shim.legacy_half import LegacyHalf
from devlint.shim.machine import Machine
from devlint.shim.simulation import Simulation
from devlint.world import World


def install(world: World, *, legacy_half: bool = False) -> None:
    """Let this process, which has just imported torch, play a world from now on; with ``legacy_half`` its CPU refuses
    half precision as torch 2.1 did.

    Raises:
        Unsupported: this build of torch cannot play it.
    """
    half = LegacyHalf()
    if world.accelerator is None:
        if legacy_half:
            half.install()
        runtime.without_accelerator(world)
        return
    simulation = Simulation.of(Machine.of(world))
    if world.accelerator == "npu":
        rename_privateuse1_backend("npu")
    runtime.install(simulation)
    guard.install(simulation)
    hooks.install(simulation)
    registration.register(simulation, half.exempt if legacy_half else _as_it_is)
    if legacy_half:
        half.install()
    if torch.version.cuda is not None:  # a build for CUDA would ask its driver
        torch._C._set_cudnn_enabled(False)


def _as_it_is(kernel: Kernel) -> Kernel:
    return kernel
