"""Modules that are made half precision on the host, and brought to an accelerator before anything computes with them:
where there is none, that fails first."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from devlint.analysis import half_uses, syntax
from devlint.analysis.answer import Visit
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program
from devlint.analysis.value import ANYWHERE

#: methods that do not compute, beside those that set a module up
_LOADING = half_uses.SETTING_UP | {"load_state_dict"}


def is_fetched(program: Program, call: ast.Call, visits: Mapping[ast.AST, list[Visit]]) -> bool:
    """Whether what a statement changes where it stands is brought to an accelerator first: next in the function, or in
    every function of the file that reads the same path."""
    statement = program.parents[call]
    if not isinstance(statement, ast.Expr) or not isinstance(call.func, ast.Attribute):
        return False
    path = path_of(call.func.value)
    return path is not None and (
        _is_next(program, call, path, visits) or ("." in path and _is_everywhere(program, call, path))
    )


def _is_next(program: Program, call: ast.Call, path: str, visits: Mapping[ast.AST, list[Visit]]) -> bool:
    """Whether nothing but its being set up comes before the move, to which control surely gets."""
    for read in half_uses.reads(program, call, path):
        method = program.parents[read]
        used = program.parents[method]
        if not (isinstance(method, ast.Attribute) and isinstance(used, ast.Call) and used.func is method):
            return False
        if _leaves_host(used, method.attr, visits):
            return _follows(program, call, used)
        if method.attr not in _LOADING:
            return False
    return False


def _leaves_host(call: ast.Call, method: str, visits: Mapping[ast.AST, list[Visit]]) -> bool:
    """Whether a call moves to an accelerator, whatever there is."""
    if method != "to":
        return method == "cuda"
    given = [visit.value for visit in visits.get(call.args[0], ())] if call.args else []
    return bool(given) and all(
        value.all(lambda one: one.is_device and one.place not in (None, ANYWHERE, "cpu")) for value in given
    )


def _follows(program: Program, first: ast.AST, second: ast.AST) -> bool:
    """Whether control that has been at one node surely gets to another one further below."""
    around = {first, *syntax.above(program.parents, first)}
    inner = second
    for outer in syntax.above(program.parents, second):
        if outer in around:
            blocks = [block for _, block in ast.iter_fields(outer) if isinstance(block, list) and inner in block]
            together = any(node in around for block in blocks for node in block)
            return together and not syntax.passes_by(program.parents, second, outer)
        inner = outer
    return False


def _is_everywhere(program: Program, call: ast.Call, path: str) -> bool:
    """Whether each function that reads a path hands it, whatever happens, to one that moves it."""
    movers = {function.name for function in program.functions if _moves_first(function)}
    own = program.unit_at(call)
    readers: set[Function | None] = set()
    fetching: set[Function | None] = set()
    for node in program.named(path.rpartition(".")[2]) if movers else ():
        if path_of(node) == path and (unit := program.unit_at(node)) is not own:
            readers.add(unit)
            match program.parents[node]:
                case ast.Call(func=called, args=[given]) if given is node and last_name(called) in movers:
                    if unit is not None and not syntax.passes_by(program.parents, node, unit.node):
                        fetching.add(unit)
    return bool(readers) and readers == fetching


def _moves_first(function: Function) -> bool:
    """Whether a function does nothing but bring its parameter to CUDA."""
    match function.node:
        case ast.FunctionDef(
            args=ast.arguments(args=[parameter]),
            body=[ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="cuda")))],
        ):
            return name == parameter.arg
    return False
