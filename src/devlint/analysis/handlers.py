"""Handlers of exceptions: what they take, and what they do about it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from devlint.analysis import lexicon
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

#: last names of functions that tell somebody, and change nothing
_REPORTS = frozenset("debug info warning warn error exception critical log print print_exc write trace".split())

#: what a package that is not there raises
_OF_IMPORTS = frozenset(("ImportError", "ModuleNotFoundError"))


def taken(handler: ast.ExceptHandler) -> Iterable[str]:
    """Names of the exceptions a handler takes. One that raises again takes nothing, nor does one that ends in another
    exception, unless that says what is missing: some hardware, or a package that cannot be imported."""
    if any(isinstance(statement, ast.Raise) and statement.exc is None for statement in handler.body):
        return ()
    caught = _caught(handler)
    end = handler.body[-1]
    if isinstance(end, ast.Raise) and not _speaks_of_hardware(end) and not _OF_IMPORTS.issuperset(caught):
        return ()
    return caught


def _caught(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return ["BaseException"]
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(kind).rpartition(".")[2] for kind in kinds]


def _speaks_of_hardware(node: ast.AST) -> bool:
    return bool((lexicon.ACCELERATOR | lexicon.DEVICE) & set(lexicon.words(ast.unparse(node))))


def is_only_reported(program: Program, node: ast.AST, classes: frozenset[str]) -> bool:
    """Whether an exception of one of some classes that a node raises gets to no handler that does more than to tell
    somebody and go on: nobody has thought of what to do instead."""
    return all(_only_reports(handler) for handler in _around(program, node) if classes & set(taken(handler)))


def _around(program: Program, node: ast.AST) -> Iterator[ast.ExceptHandler]:
    """The handlers of the ``try`` statements, in its function, in whose body a node stands."""
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)):
        inner, node = node, program.parents[node]
        if isinstance(node, ast.Try) and inner in node.body:
            yield from node.handlers


def _only_reports(handler: ast.ExceptHandler) -> bool:
    return all(map(_reports, handler.body)) and not _speaks_of_hardware(handler)


def _reports(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call() as call):
            return last_name(call.func) in _REPORTS
        case ast.Pass() | ast.Continue():
            return True
    return False
