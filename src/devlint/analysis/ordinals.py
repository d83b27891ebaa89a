"""Indices of devices that are tested as if they were flags: index 0 is a device, and is false."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from devlint.analysis import lexicon, syntax
from devlint.analysis.choices import parameters
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program

_OPTIONAL_INT = re.compile(r"Optional\[int\]|int *\| *None|None *\| *int|Union\[int, *None\]")


def counted(program: Program, tested: ast.expr) -> bool | None:
    """Whether an expression may be the index 0 of a device and, where no index is given, is ``None``: True where its
    declaration says so, False where only its name and its default do; None where it may be anything else."""
    name = last_name(tested) or ""
    if not (lexicon.names_index(name) or lexicon.names_device(name)):
        return None
    if isinstance(tested, ast.Name):
        return _parameter(program.unit_at(tested), tested.id)
    if isinstance(tested, ast.Attribute):
        return True if _parsed_as_index(program, tested.attr) else None
    return None


def _parameter(function: Function | None, name: str) -> bool | None:
    if function is None or any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in function.nodes
    ):
        return None
    found = next((parameter for parameter in parameters(function) if parameter.arg == name), None)
    if found is None or not _is_none(_default(function, found)):
        return None
    if found.annotation is not None:
        return True if _OPTIONAL_INT.search(ast.unparse(found.annotation)) else None
    return False if lexicon.names_index(name) else None


def _default(function: Function, parameter: ast.arg) -> ast.expr | None:
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    if parameter in positional:
        number = positional.index(parameter) - len(positional) + len(spec.defaults)
        return spec.defaults[number] if number >= 0 else None
    return spec.kw_defaults[spec.kwonlyargs.index(parameter)]


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _parsed_as_index(program: Program, name: str) -> bool:
    """Whether an option of this name is an int, and ``None`` where it is absent."""
    for node in syntax.walk(program.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=[*_, ast.Constant(value=str(flag))]):
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                is_int = isinstance(given.get("type"), ast.Name) and ast.unparse(given["type"]) == "int"
                absent = "default" not in given or _is_none(given["default"])
                if flag.lstrip("-").replace("-", "_") == name and is_int and absent:
                    return not ({"nargs", "action", "required"} & given.keys())
    return False


def when_true(program: Program, tested: ast.expr) -> list[ast.AST]:
    """What a conditional runs where an expression, which it tests as it is or negated, is true."""
    around = program.parents[tested]
    negated = isinstance(around, ast.UnaryOp)
    match program.parents[around] if negated else around:
        case ast.IfExp(body=body, orelse=orelse):
            return [orelse if negated else body]
        case ast.If(body=body, orelse=orelse):
            return list(orelse if negated else body)
    return []


def sinks(tested: ast.expr, side: list[ast.AST]) -> Iterator[ast.AST]:
    """Where the index that was tested names a device, among what runs when it is true."""
    path = path_of(tested)
    for node in (found for part in side for found in syntax.walk(part)):
        match node:
            case ast.Call(func=function, args=[first, *rest]) if _takes(last_name(function), first, rest, path):
                yield node
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), ast.FormattedValue(value=index)]):
                if text in ("cuda:", "xpu:", "npu:") and path_of(index) == path:
                    yield node
            case ast.keyword(arg="device_ids" | "device", value=value):
                held = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
                if any(path_of(one) == path for one in held):
                    yield node


def _takes(name: str | None, first: ast.expr, rest: list[ast.expr], path: str | None) -> bool:
    if name in ("cuda", "to"):
        return path_of(first) == path
    return name == "device" and any(path_of(argument) == path for argument in (first, *rest))
