"""Where a value goes within its function."""

from __future__ import annotations

import ast

from devlint.analysis.program import Program, last_name

#: reads of a container or of its parts that hand the value on
_PASSED_ON = ("items", "values", "get", "pop")


def feeds(program: Program, node: ast.expr, seen: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """Last names of the calls that the value of an expression goes into; None when it escapes: is returned, stored in
    an attribute or container, or used in any other way. ``seen`` are the names followed already."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = program.parents.get(parent)
    match parent:
        case ast.Call() if parent.func is not node:
            return frozenset({last_name(parent.func) or ""})
        case ast.Subscript() if parent.value is node:
            return feeds(program, parent, seen)
        case ast.Attribute(attr=attr) if attr in _PASSED_ON:
            call = program.parents.get(parent)
            return feeds(program, call, seen) if isinstance(call, ast.Call) and call.func is parent else None
        case ast.Assign(targets=[ast.Name(id=name)]) if parent.value is node:
            return frozenset() if name in seen else _name_feeds(program, node, name, seen | {name})
    return None


def _name_feeds(program: Program, node: ast.expr, name: str, seen: frozenset[str]) -> frozenset[str] | None:
    """The same for everything that reads a name in the unit around."""
    unit = program.unit_at(node)
    body: ast.AST = program.tree if unit is None else unit.node
    out: frozenset[str] = frozenset()
    for found in ast.walk(body):
        if isinstance(found, ast.Name) and found.id == name and isinstance(found.ctx, ast.Load):
            part = feeds(program, found, seen)
            if part is None:
                return None
            out |= part
    return out
