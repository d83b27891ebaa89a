"""Places that their author means for a GPU alone: on the way to them, or in any case right after them, the function
around them asks CUDA for something behind a guard that speaks for the hardware, or refuses to go on without a GPU.

Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from devlint.analysis.absence import RAISES
from devlint.analysis.answer import HARDWARE_GUARDS
from devlint.analysis.sequence import following, is_past, leads_to
from devlint.analysis.ways import refuses

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project
    from devlint.analysis.runs import Runs
    from devlint.world import World


def is_for_gpu(project: Project, program: Program, node: ast.expr, worlds: Iterable[World]) -> bool:
    """Whether nothing is promised of a place in some worlds without CUDA."""
    if any(refuses(program, statement) for statement in following(program, node)):
        return True
    unit = program.unit_at(node)
    calls = [
        call
        for call in _calls_of_cuda(program, unit)
        if call is not node and (is_past(program, project.index, call, node) or leads_to(program, node, call))
    ]
    return bool(calls) and all(
        any(_is_thought_of(project.runs(world), program, unit, call) for call in calls) for world in worlds
    )


def _calls_of_cuda(program: Program, unit: Function | None) -> Iterator[ast.Call]:
    """The calls of a unit that raise where there is no CUDA."""
    found = unit.calls if unit is not None else (node for node in program.parents if program.unit_at(node) is None)
    return (node for node in found if isinstance(node, ast.Call) and program.name(node.func) in RAISES)


def _is_thought_of(runs: Runs, program: Program, unit: Function | None, call: ast.Call) -> bool:
    """Whether what a call raises in one world gets out, and somebody has thought of that world wherever it is reached:
    nobody is told of it."""
    classes = RAISES[program.name(call.func) or ""].classes
    visits = runs.informed(program, unit).visits.get(call, ())
    return bool(visits) and all(visit.guards & HARDWARE_GUARDS and not visit.caught & classes for visit in visits)
