"""What a file saves, for the loads of the same path."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis.program import Program, last_name
from devlint.analysis.run import Run
from devlint.analysis.value import Choice, Kind, Value


def saved(program: Program, run: Run, path: ast.expr) -> Iterator[Choice]:
    """What ``torch.save`` writes in this file to a path of the same name."""
    name = last_name(path)
    if name is None:
        return
    for node in program.expressions.values():
        match node:
            case ast.Call(args=[stored, target, *_]) if program.name(node.func) == "torch.save":
                if last_name(target) == name:
                    for visit in run.trace(program.unit_at(stored)).visits.get(stored, ()):
                        yield visit.value


def on_host(value: Value) -> bool:
    """Whether nothing in a value is on an accelerator: numbers, arrays, tensors on the CPU, containers of them."""
    if value.kind in (Kind.DICT, Kind.LIST, Kind.TUPLE):
        return bool(value.elements) and all(part.all(on_host) for _, part in value.elements or ())
    if value.kind is Kind.TENSOR:
        return value.place == "cpu"
    return value.kind in (Kind.NUMBER, Kind.NDARRAY, Kind.STR, Kind.BOOL, Kind.NONE)
