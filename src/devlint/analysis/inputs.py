"""Which parameters of ``forward`` its body uses as tensors: a module is also given numbers, masks as lists, modes."""

from __future__ import annotations

import ast

from devlint.analysis import syntax, torch_facts
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name

#: attributes that tensors have and numbers, lists and text have not
_ATTRIBUTES = frozenset("shape device dtype ndim is_cuda T mT requires_grad".split())
_SPLITS = frozenset("dict list len str int float bool range enumerate zip isinstance print tuple".split())


def used_as_tensors(function: Function) -> frozenset[str]:
    """Names that a function reads a shape or device of, slices by several dimensions, calls tensor methods on, or hands
    first to a module of its instance; less those that a packed sequence wants on the CPU."""
    found: set[str] = set()
    others: set[str] = set()
    for node in syntax.walk(function.node):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute in _ATTRIBUTES:
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple()):
                found.add(name)
            case ast.Call():
                _called(node, found, others)
    return frozenset(found - others)


def _called(call: ast.Call, found: set[str], others: set[str]) -> None:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method) if method in torch_facts.TENSOR_METHODS:
            found.add(name)
        case ast.Attribute(value=ast.Name(id=name), attr=method) if method in torch_facts.NOT_TENSOR_METHODS:
            others.add(name)
        case ast.Attribute(value=ast.Name(id="self")) if call.args and isinstance(call.args[0], ast.Name):
            found.add(call.args[0].id)
        case ast.Name(id=name) if name not in _SPLITS:
            others.add(name)
    if last_name(call.func) == "pack_padded_sequence" and len(call.args) > 1 and isinstance(call.args[1], ast.Name):
        others.add(call.args[1].id)
