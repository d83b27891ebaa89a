"""Defaults of parameters, and where they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis.answer import Span
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program


def parameter(program: Program, place: Span) -> str | None:
    """The name of the parameter with a default in which a place lies."""
    found = _found(program, place)
    return None if found is None else found[1]


def uses(program: Program, place: Span) -> Iterator[Span] | None:
    """Where the parameter with a default is used in which a place lies, and where an attribute is that it is stored in;
    None where it lies in none."""
    found = _found(program, place)
    return None if found is None else _uses(program, *found)


def _found(program: Program, place: Span) -> tuple[Function, str] | None:
    for function in program.functions:
        spec = function.node.args
        positional = (*spec.posonlyargs, *spec.args)
        given = [*zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True)]
        given += [(name, default) for name, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default]
        for name, default in given:
            if program.span(name).start <= place.start and place.end <= program.span(default).end:
                return function, name.arg
    return None


def _uses(program: Program, function: Function, name: str) -> Iterator[Span]:
    stored = set[str]()
    for node in ast.walk(function.node):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield program.span(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == name:
            stored |= {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
    if function.owner is None or function.name != "__init__":
        return
    for method in function.owner.methods.values():
        for node in ast.walk(method.node):
            if isinstance(node, ast.Attribute) and node.attr in stored and isinstance(node.ctx, ast.Load):
                yield program.span(node)
