"""What a conformance case says of itself: where it applies, what is expected there, and how that is known.

A case is a function of the device type's name. It returns a text, or raises; either is its outcome. Nothing here or in
the cases needs devlint: the same files run on the hardware.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: worlds with the device type that their cases are given: where there is none, the one that programs ask for
WORLDS = {
    "cpu": "cuda",
    "driverless": "cuda",
    "cuda": "cuda",
    "cuda-cpu-requested": "cuda",
    "cuda-x2": "cuda",
    "mps": "mps",
    "xpu": "xpu",
    "npu": "npu",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The worlds in which a case says something, and why it says nothing in the others."""

    worlds: frozenset[str]
    why: str

    @classmethod
    def of(cls, worlds: str, why: str) -> Scope:
        assert WORLDS.keys() >= set(worlds.split()), worlds
        return cls(frozenset(worlds.split()), why)

    def without(self, worlds: str, why: str) -> Scope:
        return Scope(self.worlds - set(worlds.split()), f"{self.why}; {why}")


ACCELERATED = Scope.of("cuda cuda-cpu-requested cuda-x2 mps xpu npu", "needs an accelerator")
FLOAT64 = ACCELERATED.without("mps", "MPS has no float64")
CUDA = Scope.of("cuda cuda-cpu-requested cuda-x2", "about torch.cuda or texts that only CUDA has")
XPU = Scope.of("xpu", "about torch.xpu")
MPS = Scope.of("mps", "about what MPS lacks")
PAIR = Scope.of("cuda-x2", "needs a second device")
SINGLE = Scope.of("cuda cuda-cpu-requested mps xpu npu", "needs a machine with one device")
CPU_BUILD = Scope.of("cpu", "what a build for the CPU says")
DRIVERLESS = Scope.of("driverless", "what a build for CUDA says without a driver")
WITHOUT = Scope.of("cpu driverless", "about machines without an accelerator")
EVERYWHERE = Scope(frozenset(WORLDS), "applies to every world")


@dataclass(frozen=True, slots=True)
class Like:
    """An outcome known but for some words: a regular expression for the whole of it."""

    pattern: str


Expected = str | Like


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    theme: str
    run: Callable[[str], str]
    expected: Mapping[str, Expected]
    scope: Scope
    source: str

    def expectation(self, world: str) -> Expected:
        """What is expected in a world: by its name, else by its device type, else what all have in common."""
        device = WORLDS[world]
        found = next(self.expected[key] for key in (world, device, "") if key in self.expected)
        if isinstance(found, Like):
            return Like(found.pattern.replace("{d}", device))
        return found.replace("{d}", device)

    def miss(self, world: str, outcome: str) -> str | None:
        """In what an outcome differs from the expected one; None if it does not."""
        expected = self.expectation(world)
        if isinstance(expected, Like):
            met, text = re.fullmatch(expected.pattern, outcome) is not None, f"like {expected.pattern}"
        else:
            met, text = expected == outcome, expected
        return None if met else f"expected {text}\n     got {outcome}"


CASES: dict[str, Case] = {}


def case(
    expected: Expected,
    *,
    source: str,
    scope: Scope = ACCELERATED,
    **elsewhere: Expected,
) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Declare the decorated function a case.

    ``expected`` may hold ``{d}`` for the device type; ``elsewhere`` names what differs, by device type or world (with
    ``_`` for ``-``). ``source`` says how the expectation is known: a file of torch's sources, a public thread,
    "measured ..." or "recorded".
    """

    def declare(function: Callable[[str], str]) -> Callable[[str], str]:
        name = function.__name__
        assert name not in CASES, f"two cases called {name}"
        different = {world.replace("_", "-"): text for world, text in elsewhere.items()}
        assert WORLDS.keys() >= different.keys(), different
        theme = function.__module__.rpartition(".")[2]
        CASES[name] = Case(name, theme, function, {"": expected, **different}, scope, source)
        return function

    return declare
