"""Whether somebody outside a program has a say in which file is at a path: whoever calls a function, gives an option or
writes a configuration. What is at a path that only the program knows is nobody else's choice."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import assignments, syntax
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program

_DEPTH = 6
#: last names of calls and attributes that give what the user of a program says
_SOURCES = frozenset(
    "parse_args parse_known_args argv environ getenv input load safe_load full_load load_config get_config".split()
)


def is_supplied(program: Program, path: ast.expr) -> bool:
    """Whether a path, or what a call before writes there, comes from outside the program."""
    return _is_supplied(program, path, _DEPTH) or (isinstance(path, ast.Name) and _is_filled(program, path))


def _is_supplied(program: Program, node: ast.expr, depth: int) -> bool:
    return depth > 0 and any(_is_source(program, part, depth) for part in _parts(node))


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The names and attributes that an expression is made of, an attribute's object after it."""
    return (part for part in syntax.walk(node) if isinstance(part, (ast.Name, ast.Attribute)))


def _is_source(program: Program, part: ast.expr, depth: int) -> bool:
    if last_name(part) in _SOURCES:
        return True
    match part:
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            bound = assignments.of_attribute(program.unit_at(part), attribute)
            return not bound or any(_comes_from(program, one, depth) for one in bound)
        case ast.Name(id=name) if name not in ("self", "cls"):
            return any(_comes_from(program, one, depth) for one in assignments.of_name(program, part))
    return False


def _comes_from(program: Program, one: assignments.Assignment, depth: int) -> bool:
    return one.given is not None or (one.value is not None and _is_supplied(program, one.value, depth - 1))


def _is_filled(program: Program, path: ast.Name) -> bool:
    """Whether a call is given the path together with something from outside, as one that downloads is."""
    unit = program.unit_at(path)
    calls = (node for node in (unit.nodes if unit is not None else ()) if isinstance(node, ast.Call))
    return any(_is_given(call, path) and _is_supplied(program, call, _DEPTH) for call in calls)


def _is_given(call: ast.Call, path: ast.Name) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return path not in given and any(path_of(one) == path.id for one in given)
