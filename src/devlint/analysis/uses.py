"""Where a value goes within its function."""

from __future__ import annotations

import ast

from devlint.analysis.program import Program, last_name


def feeds(program: Program, node: ast.expr) -> frozenset[str] | None:
    """Last names of the calls that the value of an expression goes into; None when it escapes: is returned, stored in
    an attribute or container, or used in any other way."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = program.parents.get(parent)
    match parent:
        case ast.Call() if parent.func is not node:
            return frozenset({last_name(parent.func) or ""})
        case ast.Subscript() if parent.value is node:
            return feeds(program, parent)
        case ast.Assign(targets=[ast.Name(id=name)]) if parent.value is node:
            return _name_feeds(program, node, name)
    return None


def _name_feeds(program: Program, node: ast.expr, name: str) -> frozenset[str] | None:
    """The same for everything that reads a name in the unit around."""
    unit = program.unit_at(node)
    body: ast.AST = program.tree if unit is None else unit.node
    out: frozenset[str] = frozenset()
    for found in ast.walk(body):
        if isinstance(found, ast.Name) and found.id == name and isinstance(found.ctx, ast.Load):
            part = feeds(program, found)
            if part is None:
                return None
            out |= part
    return out
