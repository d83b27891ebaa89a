"""Choices of a device that a function takes: who reads them, and what drops them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from devlint.analysis import lexicon, syntax
from devlint.analysis.callers import Reference, called, is_plain, leaves_out
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.index import Index
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program

#: functions and methods that say what they are given, and do nothing else with it
SAYING = frozenset("print debug info warning warn error exception critical log write echo".split())
#: functions through which every local name is read
_READING_ALL = frozenset("locals vars eval exec globals dir".split())
#: what is written of a parameter that is there for the sake of others
_FOR_OTHERS = re.compile(r"deprecat|unused|not used|ignor|compat|placeholder|no-op", re.I)
#: bases that ask for no method of their own but those with underscores and ``forward``
_NEUTRAL_BASES = frozenset(("object", "torch.nn.Module", "abc.ABC", "typing.Generic"))


def parameters(function: Function) -> list[ast.arg]:
    spec = function.node.args
    return [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]


def unread(function: Function, index: Index) -> tuple[ast.arg, ...]:
    """The parameters of a function that hold a device and that nothing in it reads, unless only to say what they are;
    none where the function has them because somebody else wants them."""
    chosen = (parameter for parameter in parameters(function) if lexicon.names_device(parameter.arg))
    dropped = tuple(
        parameter
        for parameter in chosen
        if not reads(function, parameter.arg) and not _is_for_owner(function, parameter.arg, index)
    )
    return () if not dropped or _is_for_others(function, index) else dropped


def _is_for_owner(function: Function, parameter: str, index: Index) -> bool:
    """Whether every call that makes a module leaves a device to its default: it is where its owner moves it."""
    owner = function.owner
    if owner is None or function.name != "__init__" or not _is_module(owner):
        return False
    calls = [reference.call for reference in called(index, function, owner.name)]
    return bool(calls) and all(call is not None and leaves_out(call, function, parameter) for call in calls)


def _is_module(owner: ClassNode) -> bool:
    return any(owner.program.name(base) == "torch.nn.Module" for base in owner.node.bases)


def reads(function: Function, name: str) -> bool:
    """Whether a function does anything with a name but say what it holds."""
    for node in function.nodes:
        if isinstance(node, ast.Name) and node.id in _READING_ALL:
            return True
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store):
            call = _call_around(function.program, node)
            if call is None or last_name(call.func) not in SAYING:
                return True
    return False


def _call_around(program: Program, node: ast.AST) -> ast.Call | None:
    """The call that a value goes into, through text that is made of it."""
    around = program.parents.get(node)
    while isinstance(around, (ast.FormattedValue, ast.JoinedStr, ast.BinOp, ast.keyword)):
        around = program.parents.get(around)
    return around if isinstance(around, ast.Call) else None


def _is_for_others(function: Function, index: Index) -> bool:
    if function.outer is not None or not all(map(is_plain, function.node.decorator_list)):
        return True
    if _FOR_OTHERS.search(ast.get_source_segment(function.program.source.text, function.node) or ""):
        return True
    if _is_handed_around(function, index):  # whoever calls it has its own idea of its parameters
        return True
    return function.owner is not None and _is_shared(function, function.owner)


def _is_handed_around(function: Function, index: Index) -> bool:
    here = (Reference(function.program, node) for node in function.program.named(function.name))
    references = (*here, *(index.references(function.name) or ()))
    return any(reference.call is None and isinstance(reference.node.ctx, ast.Load) for reference in references)


def _is_shared(method: Function, owner: ClassNode) -> bool:
    """Whether another class has, or may have, the same method: a base, or one beside it."""
    bases = {method.program.name(base) or path_of(base) or "" for base in owner.node.bases}
    if not bases <= _NEUTRAL_BASES or method.name == "forward":
        return True
    others = (other for other in method.program.classes.values() if other is not owner)
    return not method.name.startswith("__") and any(method.name in other.methods for other in others)


# -- names that are bound twice


def dropped(program: Program, target: ast.expr) -> ast.AST | None:
    """The choice of a device, by its read or parameter, that a name held until this assignment binds it anew although
    nothing has read it; None where there is none."""
    if not isinstance(target, ast.Name) or not lexicon.names_device(target.id):
        return None
    statement = _statement(program, target)
    for earlier in _before(program, statement):
        if isinstance(earlier, ast.arg):
            if earlier.arg == target.id:
                return None if _reads_between(program, earlier, statement, target.id) else earlier
        elif _binds(earlier, target.id):
            match earlier:
                case ast.Assign(targets=[ast.Name()], value=value) if is_request(value):
                    return None if _reads_between(program, earlier, statement, target.id) else value
            return None
    return None


def is_request(node: ast.expr) -> bool:
    """Whether an expression reads the choice of a device among what a user gives: an option, a key, a variable of the
    environment."""
    if not lexicon.names_device(last_name(node) or ""):
        return False
    match node:
        case ast.Attribute(value=value):
            holder = last_name(value) or ""
            return holder not in ("self", "cls") and lexicon.names_namespace(holder)
        case ast.Subscript() | ast.Call():
            return True
    return False


def _reads_between(program: Program, first: ast.AST, end: ast.stmt, name: str) -> bool:
    """Whether anything may read a name between one binding and the next, which may make its value of it."""
    lines = range(first.lineno, (end.end_lineno or end.lineno) + 1)  # type: ignore[attr-defined]
    unit = program.unit_at(end.targets[0]) if isinstance(end, ast.Assign) else None
    return any(
        isinstance(node, ast.Name)
        and node.id in (name, *_READING_ALL)
        and isinstance(node.ctx, ast.Load)
        and node.lineno in lines
        for node in (syntax.walk(program.tree) if unit is None else unit.nodes)
    )


def _statement(program: Program, node: ast.AST) -> ast.stmt:
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
    return node


def _before(program: Program, statement: ast.stmt) -> Iterator[ast.stmt | ast.arg]:
    """What runs before a statement, the nearest first, out to the parameters of the function around; nothing beyond a
    loop or a handler, which may be entered in more ways."""
    inner: ast.AST = statement
    while (outer := program.parents.get(inner)) is not None:
        for name in ("body", "orelse"):
            block = getattr(outer, name, None)
            if isinstance(block, list) and inner in block:
                yield from reversed(block[: block.index(inner)])
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (*outer.args.posonlyargs, *outer.args.args, *outer.args.kwonlyargs)
        if not isinstance(outer, (ast.If, ast.With)):
            return
        inner = outer


def _binds(statement: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in syntax.walk(statement)
    )
