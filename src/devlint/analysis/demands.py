"""Places that their author means for a GPU alone: on the way to them, or in any case right after them, the function
around them asks CUDA for something behind a guard that speaks for the hardware, refuses to go on without a GPU, or
starts the distributed backend that is for GPUs alone.

Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from devlint.analysis.absence import RAISES
from devlint.analysis.answer import HARDWARE_GUARDS
from devlint.analysis.names import last_name
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
    unit = program.unit_at(node)
    later = tuple(following(program, node))
    if any(refuses(program, statement) or _starts_nccl(program, unit, statement) for statement in later):
        return True
    calls = [
        call
        for call in _calls_of_cuda(program, unit)
        if call is not node and (is_past(program, project.index, call, node) or leads_to(program, node, call))
    ]
    return bool(calls) and all(
        any(_is_thought_of(project.runs(world), program, unit, call) for call in calls) for world in worlds
    )


def _starts_nccl(program: Program, unit: Function | None, statement: ast.stmt) -> bool:
    """Whether a statement starts the backend that is for GPUs alone, named in the call or just before."""
    match statement:
        case ast.Expr(value=ast.Call(func=func) as call) if last_name(func) == "init_process_group":
            named = next((one.value for one in call.keywords if one.arg == "backend"), (*call.args, None)[0])
            return named is not None and (_is_nccl(named) or _is_set_to_nccl(unit, ast.unparse(named)))
    return False


def _is_set_to_nccl(unit: Function | None, name: str) -> bool:
    """Whether a function binds a name, or an attribute, to that backend alone."""
    bound = [node for node in unit.nodes if isinstance(node, ast.Assign)] if unit is not None else []
    values = [node.value for node in bound if name in map(ast.unparse, node.targets)]
    return bool(values) and all(map(_is_nccl, values))


def _is_nccl(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "nccl"


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
