"""Whether somebody outside a program has a say in which file is at a path: whoever calls a function, gives an option or
writes a configuration. What is at a path that only the program knows is nobody else's choice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from devlint.analysis import assignments, syntax
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.project import Project

_DEPTH = 6
#: last names of calls and attributes that give what the user of a program says
_SOURCES = frozenset(
    "parse_args parse_known_args argv environ getenv input load safe_load full_load load_config get_config".split()
)


def is_supplied(program: Program, path: ast.expr) -> bool:
    """Whether a path, or what a call before writes there, comes from outside the program."""
    return _is_supplied(program, path, _DEPTH) or (isinstance(path, ast.Name) and _is_filled(program, path))


def origins(project: Project, program: Program, path: ast.expr) -> list[tuple[Program, ast.expr]]:
    """What a path is, and the files that say so: of a parameter, what every call in the project gives, or the default
    where it is left out. Nothing more than the path itself where not all of them are known: the function is more than
    called, or it is installed, and who calls it there gives something."""
    named = _kept(program, path)
    unit, bound = program.unit_at(named), assignments.of_name(program, named) if isinstance(named, ast.Name) else []
    given = bound[0].given if len(bound) == 1 else None
    if unit is None or given is None or given.arg not in unit.given:
        return [(program, path)]
    name = unit.owner.name if unit.owner is not None and unit.name == "__init__" else unit.name
    references = (one for one in project.index.references(name) or () if one.node not in unit.nodes)
    places = [(one.program, one.call) for one in references if one.may_mean(unit)]
    said = [(caller, unit.said(given, call)) for caller, call in places if call is not None]
    default = unit.defaults.get(given)
    is_given = any(value is not default for _, value in said)
    found = [(program if value is default else caller, value) for caller, value in said if value is not None]
    if not found or len(found) < len(places) or (is_given and project.is_installed(program.from_root)):
        return [(program, path)]
    return found


def _kept(program: Program, path: ast.expr) -> ast.expr:
    """What an attribute of the instance holds, if its class says one thing; any other expression as it is."""
    match path:
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            match assignments.of_attribute(program.unit_at(path), attribute):
                case [assignments.Assignment(value=ast.expr() as value, steps=())]:
                    return value
    return path


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
