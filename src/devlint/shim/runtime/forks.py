"""Processes that were forked from one that uses an accelerator, and may not use it themselves."""

from __future__ import annotations

import os
from collections.abc import Callable

from devlint.shim.machine import Machine


def watch(machine: Machine, used: Callable[[], bool]) -> None:
    """Note in a child whether its parent had ``used`` the machine's accelerators."""

    def forked() -> None:
        machine.forked = machine.forked or used()

    os.register_at_fork(after_in_child=forked)
