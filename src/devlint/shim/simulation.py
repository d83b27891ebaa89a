"""Everything that one process needs to play a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from devlint.shim.copies import Copies
from devlint.shim.generators import Generators
from devlint.shim.machine import Machine
from devlint.shim.memory import Memory
from devlint.shim.retype import Retyping


@dataclass(frozen=True, slots=True)
class Simulation:
    """The machine, and what its kernels and torch's own Python modules share."""

    machine: Machine
    memory: Memory
    retyping: Retyping
    generators: Generators
    copies: Copies
    #: what torch only points at, and has to live as long as the process
    kept: list[object] = field(default_factory=list)

    @classmethod
    def of(cls, machine: Machine, async_copies: bool) -> Simulation:
        memory = Memory(machine)
        return cls(machine, memory, Retyping(machine, memory), Generators(machine), Copies(machine, async_copies))
