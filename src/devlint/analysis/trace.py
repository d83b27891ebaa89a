"""What the evaluation of code saw, for the questions of rules."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from devlint.analysis.answer import Guard, Visit
from devlint.analysis.state import Devices
from devlint.analysis.value import Value


@dataclass(slots=True)
class Put:
    """Something is put on a device: the call, the device, and what held there."""

    at: ast.AST
    device: Value
    guards: frozenset[Guard]
    caught: frozenset[str]
    inlined: bool


@dataclass(slots=True)
class Meeting:
    """A tensor on the CPU meets one elsewhere: the operation, and what holds there; ``late`` is an operation whose
    result is moved right away."""

    at: ast.AST
    host: Value
    other: Value
    operand: ast.AST | None
    guards: frozenset[Guard]
    caught: frozenset[str]
    inlined: bool
    late: bool


@dataclass(slots=True)
class Trace:
    """What the evaluation of one unit (the module level, or an outermost function) saw."""

    visits: dict[ast.AST, list[Visit]] = field(default_factory=dict)
    puts: list[Put] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    devices: dict[int, Devices] = field(default_factory=dict)
    #: the guards behind which each import statement stands, where control reaches it
    imports: dict[ast.stmt, frozenset[Guard]] = field(default_factory=dict)
    #: what was asked of the world besides the device that is computed on
    facets: set[str] = field(default_factory=set)
    #: whether control gets to an end of it
    ends: bool = True

    def behind(self, guards: frozenset[Guard]) -> Trace:
        """The same behind some guards more."""
        if not guards:
            return self
        return replace(
            self,
            visits={
                node: [replace(v, guards=v.guards | guards) for v in visits] for node, visits in self.visits.items()
            },
            puts=[replace(put, guards=put.guards | guards) for put in self.puts],
            meetings=[replace(meeting, guards=meeting.guards | guards) for meeting in self.meetings],
        )
