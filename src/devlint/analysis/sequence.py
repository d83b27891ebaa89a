"""Whether control gets to one place only past another: what ends at that one never comes to this."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from devlint.analysis import syntax

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.index import Index
    from devlint.analysis.program import Program

#: methods that run before any other one of their class
_FIRST = frozenset("__init__ setUp setUpClass setup_method setup_class".split())
#: what an expression may stand in without being evaluated, or more than once
_CONDITIONAL = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

#: what control does not get out of by itself, and what takes it elsewhere
_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def is_past(program: Program, index: Index, end: ast.expr, node: ast.expr) -> bool:
    """Whether control gets to an expression only past another one of the file."""
    if not _is_certain(program, end):
        return False
    if _comes_after(program, end, node):
        return True
    first, unit = program.unit_at(end), program.unit_at(node)
    if unit is None or unit is first:
        return False
    if first is not None and first.owner is not None and first.owner is unit.owner and first.name in _FIRST:
        return _is_always_reached(program, end, first) and not unit.decorated("staticmethod", "classmethod")
    return _runs_after(program, index, end, unit, {unit})


def is_made_past(program: Program, end: ast.expr, maker: Function) -> bool:
    """Whether a constructor lets nobody have an instance but past an expression."""
    return program.unit_at(end) is maker and _is_certain(program, end) and _is_always_reached(program, end, maker)


def leads_to(program: Program, node: ast.expr, end: ast.expr) -> bool:
    """Whether control gets from an expression to another one in any case: around it, or further below in its
    function."""
    if _holds(end, node):
        return True
    around = _around(program, end)
    inner: ast.AST = node
    while _is_certain(program, end) and not isinstance(inner, _BODIES):
        if isinstance(inner, ast.stmt):
            rest = list(_rest(program, inner))
            found = next((number for number, one in enumerate(rest) if one in around), len(rest))
            if any(isinstance(one, _LEAVING) for before in rest[:found] for one in syntax.walk(before)):
                return False
            if found < len(rest):
                return True
        inner = program.parents[inner]
    return False


def following(program: Program, node: ast.expr) -> Iterator[ast.stmt]:
    """The statements further below in its function that control gets to from an expression in any case."""
    inner: ast.AST = node
    while not isinstance(inner, _BODIES):
        if isinstance(inner, ast.stmt):
            for statement in _rest(program, inner):
                yield statement
                if any(isinstance(one, _LEAVING) for one in syntax.walk(statement)):
                    return
        inner = program.parents[inner]


def _around(program: Program, end: ast.expr) -> set[ast.AST]:
    """The statement of an expression, and those around it that come to it in any case, if nothing in them leaves."""
    found: set[ast.AST] = {_statement(program, end)}
    inner: ast.AST = _statement(program, end)
    while isinstance(around := program.parents[inner], (ast.With, ast.AsyncWith)):
        before = around.body[: around.body.index(inner)]  # type: ignore[arg-type]
        if any(isinstance(one, _LEAVING) for statement in before for one in syntax.walk(statement)):
            break
        found.add(around)
        inner = around
    return found


def _holds(whole: ast.expr, part: ast.expr) -> bool:
    return whole is not part and any(found is part for found in syntax.walk(whole))


def _is_certain(program: Program, node: ast.AST) -> bool:
    """Whether an expression is evaluated whenever its statement is."""
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
        if isinstance(node, _CONDITIONAL):
            return False
    return True


def _comes_after(program: Program, end: ast.expr, node: ast.expr) -> bool:
    """Whether what a statement does not get past stands before, in its own block or around it, or is part of it."""
    if _holds(node, end):
        return True
    statement = _statement(program, end)
    later = set(_rest(program, statement))
    inner: ast.AST = node
    while (around := program.parents.get(inner)) is not None:
        if inner in later:
            return True
        if around is statement:
            return _is_later(end, node)
        inner = around
    return False


def _is_later(end: ast.expr, node: ast.expr) -> bool:
    """Whether of two parts of one statement the second stands after the first."""
    return (node.lineno, node.col_offset) >= (end.end_lineno, end.end_col_offset)


def _statement(program: Program, node: ast.AST) -> ast.stmt:
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
    return node


def _rest(program: Program, statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements that follow another one in its block."""
    for _, block in ast.iter_fields(program.parents[statement]):
        if isinstance(block, list) and statement in block:
            yield from block[block.index(statement) + 1 :]


def _is_always_reached(program: Program, node: ast.expr, function: Function) -> bool:
    """Whether a function gets to an expression whatever it is given."""
    returns = [found.lineno for found in function.nodes if isinstance(found, ast.Return)]
    return _is_unconditional(program, node) and all(line > node.lineno for line in returns)


def _is_unconditional(program: Program, node: ast.AST) -> bool:
    """Whether an expression is evaluated once the body around it is: no condition or loop stands around."""
    around = program.parents[_statement(program, node)]
    while isinstance(around, (ast.With, ast.AsyncWith, ast.Try)):
        around = program.parents[around]
    return isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module))


def _runs_after(program: Program, index: Index, end: ast.expr, unit: Function, seen: set[Function]) -> bool:
    """Whether a function of the file runs only after an expression was evaluated: everybody who names it does so then.
    A file that does not get through its import is of no use to others."""
    name = unit.name if unit.owner is None else unit.owner.name
    ends_import = program.unit_at(end) is None and _is_unconditional(program, end)
    own = set() if unit.owner is None else set(unit.owner.methods.values())
    named = [node for node in program.named(name) if program.unit_at(node) not in {unit, *own}]
    if not ends_import:
        everywhere = index.references(name)
        if not named or everywhere is None or any(reference.program is not program for reference in everywhere):
            return False
    for node in named:
        around = program.unit_at(node)
        if _comes_after(program, end, node) or around in seen:
            continue
        if (
            around is None
            or around is program.unit_at(end)
            or not _runs_after(program, index, end, around, {*seen, around})
        ):
            return False
    return True
