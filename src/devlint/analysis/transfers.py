"""Moves to a device: of what holds nothing, and of what is used before."""

from __future__ import annotations

import ast

from devlint.analysis import torch_facts
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.value import Kind, Value
from devlint.analysis.weightless import is_weightless, weights


def moves_nothing(program: Program, module: Value) -> bool:
    """Whether a module that a file moves has neither parameters nor buffers: moving it asks for no device."""
    if module.kind is not Kind.MODULE or not isinstance(module.origin, ast.Call):
        return False
    if module.subject is not None:
        return is_weightless(module.subject, program, module.origin)
    if module.name in torch_facts.EMPTY_UNLESS_WEIGHTED:
        return not list(weights(module.origin))
    return module.name in torch_facts.EMPTY


def is_moved_later(program: Program, function: Function, used: ast.expr) -> bool:
    """Whether a function binds the name that an expression begins with to itself on a device further below:
    ``x = x.to(device)``."""
    name = _root(used)
    moves = (call for call in function.calls if call.lineno > used.lineno and _moves(call, name))
    return name is not None and any(_binds(program.parents[call], name) for call in moves)


def _root(node: ast.expr) -> str | None:
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner) | ast.BinOp(left=inner):
                node = inner
            case _:
                return None
    return node.id


def _moves(call: ast.Call, name: str | None) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=moved), attr="to" | "cuda"):
            return moved == name
    return False


def _binds(statement: ast.AST, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=bound)]):
            return bound == name
    return False
