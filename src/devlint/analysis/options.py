"""Options of a command line: whether the program that parses them ever reads one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import syntax
from devlint.analysis.choices import SAYING
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name
from devlint.analysis.program import Program


def unread(program: Program, call: ast.Call) -> str | None:
    """The name under which ``parser.add_argument("--device")`` leaves an option that nothing in the program reads;
    None where somebody does, or may: what is parsed leaves the file, or is taken as a whole."""
    name = _destination(call)
    if name is None or not _stays(program):
        return None
    for node in syntax.walk(program.tree):
        match node:
            case ast.Attribute(attr=attr) if attr == name:
                return None
            case ast.Constant(value=str(text)) if text == name and node not in syntax.walk(call):
                return None
    return name


def _destination(call: ast.Call) -> str | None:
    """The attribute that an option becomes."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "dest"), None)
    if isinstance(named, ast.Constant):
        return str(named.value)
    flags = [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    long = [flag for flag in flags if flag.startswith("--")] or flags
    return long[0].lstrip("-").replace("-", "_") if long else None


def _stays(program: Program) -> bool:
    """Whether what is parsed is only ever asked for attributes, by this file."""
    seen: set[tuple[Function | None, str]] = set()
    pending = _parsed(program)
    if not pending:
        return False
    while pending:
        unit, name = pending.pop()
        if (unit, name) in seen:
            continue
        seen.add((unit, name))
        for node in _loads(program, unit, name):
            handed = _handed_to(program, node)
            if handed is None:
                return False
            pending += handed
    return True


def _loads(program: Program, unit: Function | None, name: str) -> Iterator[ast.Name]:
    """Where a name of a unit is read; one of the module also in functions that do not bind it themselves."""
    for node in syntax.walk(program.tree) if unit is None else unit.nodes:
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            inside = program.unit_at(node)
            if unit is not None or inside is None or not _binds(inside, name):
                yield node


def _binds(function: Function, name: str) -> bool:
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for node in function.nodes
    )


def _parsed(program: Program) -> list[tuple[Function | None, str]]:
    """Names that hold what was parsed, with the unit they belong to; none where it goes anywhere else."""
    found: list[tuple[Function | None, str]] = []
    makers = {"parse_args"}
    for node in syntax.walk(program.tree):
        if isinstance(node, ast.Call) and last_name(node.func) in ("parse_known_args", "parse_args_into_dataclasses"):
            return []
    for _ in range(2):  # functions that return what they parse
        for function in program.functions:
            returned = [node.value for node in function.nodes if isinstance(node, ast.Return)]
            names = {name for unit, name in found if unit is function}
            if any(_makes(value, makers) or (isinstance(value, ast.Name) and value.id in names) for value in returned):
                makers.add(function.name)
        for node in syntax.walk(program.tree):
            if isinstance(node, ast.Assign) and _makes(node.value, makers):
                match node.targets:
                    case [ast.Name(id=name) as target]:
                        found.append((program.unit_at(target), name))
                    case _:
                        return []
    return found


def _makes(node: ast.expr | None, makers: set[str]) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in makers


def _handed_to(program: Program, node: ast.Name) -> list[tuple[Function | None, str]] | None:
    """Where else what was parsed is known from here; None where it gets out of sight."""
    around = program.parents[node]
    match around:
        case ast.Attribute() | ast.Return():
            return []
        case ast.FormattedValue():
            return []
        case ast.Call(func=function, args=arguments) if node in arguments:
            if last_name(function) in SAYING:
                return []
            called = [other for other in program.functions if other.name == last_name(function) and other.owner is None]
            position = arguments.index(node)
            if len(called) == 1 and position < len(called[0].node.args.args):
                return [(called[0], called[0].node.args.args[position].arg)]
    return None
