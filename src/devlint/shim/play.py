"""Programs in a world: one process each, that Python runs as it would run it without devlint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, MappingProxyType

from devlint.shim import UNSUPPORTED
from devlint.shim.environment import environment, real_gpu
from devlint.shim.profile import Profile
from devlint.shim.selftest import require, signal_name
from devlint.world import World, world_named

#: what everybody who plays a world is told once
NOTE = "placement and errors are simulated, not numerics or speed"
#: added to it on a machine that has what is simulated
HIDDEN = "; the GPU of this machine is hidden"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a played process ended: with an exit code, or by a signal; ``asked`` where the user told it to end; ``met``
    names what it met, itself or a child, that cannot be played."""

    world: World
    code: int
    signal: int = 0
    asked: bool = False
    met: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The exit status as a shell gives it."""
        return 128 + self.signal if self.signal else self.code

    @property
    def unsupported(self) -> str | None:
        """Why there is no verdict, if there is none: a device bug raises and never kills, so that a process that dies
        by a signal says something about the shim, not about the program; and so does one that met, and perhaps
        caught, what cannot be played."""
        if self.signal and not self.asked:
            reason = f"the process died by {signal_name(self.signal)}"
        elif self.met:
            reason = "; ".join(self.met)
        else:
            return None
        return f"unsupported: {reason} in world `{self.world.name}`; no verdict"


def ready(names: Sequence[str]) -> dict[World, str]:
    """The worlds of these names, each once, with the keys under which the installed torch passed their self-tests.

    Raises DevlintError where there is no such world, and Unsupported where torch cannot play it.
    """
    worlds = dict.fromkeys(map(world_named, names))
    return {world: require(world) for world in worlds}


def note(worlds: Collection[World]) -> str:
    """What is to be said before worlds are played."""
    names = ", ".join(f"`{world.name}`" for world in worlds)
    return f"world{'s' if len(worlds) > 1 else ''} {names}: {NOTE}{HIDDEN if real_gpu() else ''}"


def play(
    world: World,
    key: str,
    program: Sequence[str],
    profile: Profile,
    extra: Mapping[str, str] = MappingProxyType({}),
) -> Ended:
    """Run ``python PROGRAM`` in a world that is ready, to its end, on our streams, with ``extra`` in its environment.

    Signals that end a program reach it, too.
    """
    with tempfile.NamedTemporaryFile("r", prefix="devlint-", encoding="utf-8") as unsupported:
        told = {UNSUPPORTED: unsupported.name, **profile.variables, **extra}
        process = subprocess.Popen([sys.executable, *program], env=environment(world.name, key, os.environ) | told)
        with _forwarding(process) as forwarded:
            code = process.wait()
        met = tuple(dict.fromkeys(unsupported.read().splitlines()))
    return Ended(world, max(code, 0), max(-code, 0), bool(forwarded), met)


@contextmanager
def _forwarding(process: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Hand on to the process what this one is told to do; a terminal has sent SIGINT to both already."""
    forwarded: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        forwarded.append(number)
        if number != signal.SIGINT:
            process.send_signal(number)

    previous = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield forwarded
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
