"""What becomes of ``torch.accelerator.current_accelerator()`` where there is no accelerator.

Measured on builds of torch 2.10 to 2.15: a CPU build gives None, a CUDA build without a driver ``device("cuda")``, and
with ``check_available=True`` (from 2.7 on) either gives None.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from devlint.analysis.answer import Visit
from devlint.analysis.call import Call
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.program import Program
from devlint.analysis.trace import Trace
from devlint.analysis.value import NONE, Choice, Kind, Value
from devlint.world import World

CURRENT: Final = "torch.accelerator.current_accelerator"


def current(ev: Evaluator, call: Call) -> Choice:
    """What the call gives in the world that is evaluated."""
    ev.runs.ask("missing")  # which tells the builds apart, also where callers are asked
    checked = call.argument("check_available", 0)
    place = ev.world.accelerator
    if place is None and (checked is None or checked.const is False) and ev.world.build != "cpu":
        place = ev.world.build
    if place is None:
        return NONE.map(lambda none: none.but(name=CURRENT, origin=call.node))
    return Choice(Value(Kind.DEVICE, place, name=CURRENT, origin=call.node))


def failures(program: Program, call: ast.expr, trace: Trace, world: World) -> Iterator[tuple[ast.AST, str, Visit]]:
    """Where what such a call gives cannot be used in a world without an accelerator, with what is raised there."""
    for node, visits in trace.visits.items():
        for visit in visits:
            if any(value.name == CURRENT and value.origin is call for value in visit.value):
                error = _error(program, node, visit, world)
                if error:
                    yield node, error, visit


def _error(program: Program, node: ast.AST, visit: Visit, world: World) -> str:
    missing = visit.value.any(lambda value: value.kind is Kind.NONE)
    around = program.parents[node]
    match around:
        case ast.Attribute(attr="type" | "index" as name) if missing:
            return f"AttributeError: 'NoneType' object has no attribute '{name}'"
        case ast.Call() if missing and program.name(around.func) == "torch.device":
            return "TypeError: device() received an invalid combination of arguments"
        case ast.Call(func=ast.Attribute(attr="to")) | ast.keyword(arg="device") if not missing:
            return f"{world.missing}: {world.complaint}"
    return ""
