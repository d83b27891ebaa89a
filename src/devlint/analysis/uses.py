"""Where a value goes within its function."""

from __future__ import annotations

import ast

from devlint.analysis.names import last_name
from devlint.analysis.program import Program

#: methods that hand the value or its parts on
_PASSED_ON = frozenset("items values get pop transpose permute squeeze unsqueeze view reshape float t detach".split())
#: methods that take the value to the host
_HOST = frozenset(("numpy", "item", "tolist"))


def feeds(program: Program, node: ast.expr, seen: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """Last names of the calls that the value of an expression goes into, and of the methods that take it to the host;
    None when it escapes: is returned, stored in an attribute or container, or used in any other way. ``seen`` are the
    names followed already."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = program.parents.get(parent)
    match parent:
        case ast.Call() if parent.func is not node:
            return frozenset({last_name(parent.func) or ""})
        case ast.Subscript() if parent.value is node:
            return feeds(program, parent, seen)
        case ast.Attribute():
            return _method_feeds(program, parent, seen)
        case ast.Assign(targets=[ast.Name(id=name)]) if parent.value is node:
            return frozenset() if name in seen else _name_feeds(program, node, name, seen | {name})
    return None


def _method_feeds(program: Program, method: ast.Attribute, seen: frozenset[str]) -> frozenset[str] | None:
    call = program.parents.get(method)
    if not isinstance(call, ast.Call) or call.func is not method:
        return None
    if method.attr in _HOST:
        return frozenset({method.attr})
    return feeds(program, call, seen) if method.attr in _PASSED_ON else None


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
