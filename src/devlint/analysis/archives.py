"""What a file saves, for the loads of the same path."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.trace import Trace
from devlint.analysis.value import Choice, Kind, Value


def saved(program: Program, trace: Callable[[Function | None], Trace], path: ast.expr) -> Iterator[Choice]:
    """What ``torch.save`` writes in this file to a path of the same name."""
    name = last_name(path)
    if name is None:
        return
    for node in program.expressions.values():
        match node:
            case ast.Call(args=[stored, target, *_]) if program.name(node.func) == "torch.save":
                if last_name(target) == name:
                    for visit in trace(program.unit_at(stored)).visits.get(stored, ()):
                        yield visit.value


def on_host(value: Value) -> bool:
    """Whether nothing in what is saved is known to be a tensor elsewhere than on the CPU, or a state of a module:
    numbers, arrays, and containers of them whatever else they hold."""
    if value.kind in (Kind.DICT, Kind.LIST, Kind.TUPLE):
        return bool(value.elements) and all(part.all(_may_be_on_host) for _, part in value.elements or ())
    if value.kind is Kind.TENSOR:
        return value.place == "cpu"
    return value.kind in (Kind.NUMBER, Kind.NDARRAY, Kind.STR, Kind.BOOL, Kind.NONE)


def _may_be_on_host(value: Value) -> bool:
    return on_host(value) or (value.kind in (Kind.UNKNOWN, Kind.LIST, Kind.INSTANCE) and not value.attached)
