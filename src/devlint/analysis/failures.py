"""Calls that give no device in some worlds, and what becomes of what they give.

Measured on builds of torch 2.10 to 2.15. ``torch.accelerator.current_accelerator()`` gives None in a CPU build, and
``device("cuda")`` in a CUDA build without a driver, where with ``check_available=True`` (from 2.7 on) it gives None.
``tensor.get_device()`` is -1 for a tensor on the CPU.
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
from devlint.analysis.value import MISSING, NONE, Choice, Kind, Value
from devlint.world import World

CURRENT: Final = "torch.accelerator.current_accelerator"
INDEX: Final = "torch.Tensor.get_device"

_NEGATIVE = "RuntimeError: Device index must not be negative"


def current(ev: Evaluator, call: Call) -> Choice:
    """What the call gives in the world that is evaluated."""
    ev.runs.ask("missing")  # which tells the builds apart, also where callers are asked
    checked = call.argument("check_available", 0)
    place = ev.accelerator
    if place is None and (checked is None or checked.const is False) and ev.world.build != "cpu":
        place = ev.world.build
    if place is None:
        return NONE.map(lambda none: none.but(name=CURRENT, origin=call.node))
    return Choice(Value(Kind.DEVICE, place, name=CURRENT, origin=call.node))


def index(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    """``x.get_device()``: of what may be no tensor, an unknown value."""
    on_cpu = receiver.place == "cpu" or ev.accelerator is None
    known = Value(Kind.NUMBER, const=-1 if on_cpu else MISSING) if receiver.is_data else Value(Kind.UNKNOWN)
    return Choice(known.but(name=INDEX, origin=call.node, because=receiver.because))


def of(program: Program, call: ast.expr, trace: Trace, world: World) -> Iterator[tuple[ast.AST, str, Visit]]:
    """Where what such a call gives cannot be used in a world, with what is raised there."""
    for node, visits in trace.visits.items():
        for visit in visits:
            for value in visit.value:
                if value.origin is call and value.name in _ERRORS:
                    error = _ERRORS[value.name](program, node, value, world)
                    if error:
                        yield node, error, visit


def _of_accelerator(program: Program, node: ast.AST, value: Value, world: World) -> str:
    around = program.parents[node]
    missing = value.kind is Kind.NONE
    match around:
        case ast.Attribute(attr="type" | "index" as name) if missing:
            return f"AttributeError: 'NoneType' object has no attribute '{name}'"
        case ast.Call() if missing and program.name(around.func) == "torch.device":
            return "TypeError: device() received an invalid combination of arguments"
    absent = not missing and world.accelerator is None
    return f"{world.missing}: {world.complaint}" if absent and _is_device(program, node) else ""


def _of_index(program: Program, node: ast.AST, value: Value, world: World) -> str:
    around = program.parents[node]
    if value.const is MISSING and (value.kind is Kind.NUMBER or world.accelerator is not None):
        return ""
    names = isinstance(around, ast.Call) and program.name(around.func) == "torch.device"
    moves = isinstance(around, ast.Call) and isinstance(around.func, ast.Attribute) and around.func.attr == "cuda"
    return _NEGATIVE if names or moves or _is_device(program, node) else ""


def _is_device(program: Program, node: ast.AST) -> bool:
    """Whether something is put on what an expression gives."""
    match program.parents[node]:
        case ast.Call(func=ast.Attribute(attr="to"), args=[first, *_]):
            return first is node
        case ast.keyword(arg="device") as keyword:
            called = program.parents[keyword]
            assert isinstance(called, ast.Call)
            to = isinstance(called.func, ast.Attribute) and called.func.attr == "to"
            return to or (program.name(called.func) or "").startswith("torch.")
    return False


_ERRORS: Final = {CURRENT: _of_accelerator, INDEX: _of_index}
