"""Switches of half precision that one place asks for together with the device, and its twin alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from devlint.analysis import lexicon, syntax, torch_facts
from devlint.analysis.definitions import is_availability
from devlint.analysis.names import last_name, path_of

if TYPE_CHECKING:
    from devlint.analysis.program import Program


def forgets_device(program: Program, node: ast.expr) -> bool:
    """Whether something is made half precision under a switch alone that elsewhere in the file is not enough: there
    the device must be no CPU as well."""
    switches = program.guarded_switches
    return bool(switches) and any(path in switches for path in _switches_around(program, node))


def asks_for_hardware(program: Program, node: ast.expr) -> bool:
    """Whether something is made half precision, and moved in the same expression, where the machine has an accelerator:
    what it is moved to is another question."""
    tests = (test for test, holds in _conditions(program, node) if holds and isinstance(test, ast.Call))
    if not any(is_availability(program, test) for test in tests):
        return False
    method = program.parents.get(node)
    while isinstance(method, (ast.Attribute, ast.Call)):
        if isinstance(method, ast.Call) and isinstance(method.func, ast.Attribute) and method.func.attr == "to":
            return any(_asks_for_device(argument) for argument in method.args)
        method = program.parents.get(method)
    return False


def _conditions(program: Program, node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The conditions that decide in its function whether control gets to a node, and whether they hold there."""
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)):
        inner, node = node, program.parents[node]
        if isinstance(node, (ast.If, ast.IfExp)) and inner is not node.test:
            holds = inner in (node.body if isinstance(node, ast.If) else [node.body])
            yield from ((operand, holds) for operand in _operands(node.test))


def guarded_switches(tree: ast.Module) -> frozenset[str]:
    """The switches of half precision under which, with a condition on the device, something is made half precision;
    none that is itself set by what the device is."""
    found: set[str] = set()
    settled: set[str | None] = set()
    for node in syntax.walk(tree):
        if isinstance(node, (ast.If, ast.IfExp)) and any(map(_asks_for_device, _operands(node.test))):
            inside = list(syntax.walk(node))
            settled.update(last_name(target) for inner in inside for target in _targets(inner))
            if any(map(_halves, inside)):
                found.update(filter(None, map(_switch, _operands(node.test))))
        settled.update(last_name(target) for target in _targets(node) if _is_set_by_device(node))
    return frozenset(path for path in found if path.rpartition(".")[2] not in settled)


def _targets(node: ast.AST) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else []


def _is_set_by_device(node: ast.AST) -> bool:
    """``is_half = is_half and device != "cpu"``"""
    match node:
        case ast.Assign(value=ast.BoolOp() | ast.Compare() | ast.IfExp() as value):
            return _asks_for_device(value)
    return False


def _switches_around(program: Program, node: ast.AST) -> Iterator[str]:
    """The switches that are on where a node is; none where a condition on the way asks for the device."""
    conditions = list(_conditions(program, node))
    if not any(_asks_for_device(test) for test, _ in conditions):
        yield from filter(None, (_switch(test) for test, holds in conditions if holds))


def _operands(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def _switch(test: ast.expr) -> str | None:
    """The path of a switch of half precision: ``self.is_half``, ``is_half == True``."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[ast.Constant(value=True)]):
            test = left
    return path_of(test) if lexicon.names_half(last_name(test) or "") else None


def _asks_for_device(test: ast.expr) -> bool:
    """``device != "cpu"``, ``str(self.device) != "cpu"``, ``"cuda" in device``, ``x.is_cuda``"""
    return any(
        lexicon.names_device(found.id if isinstance(found, ast.Name) else found.attr) or _is_cuda(found)
        for found in syntax.walk(test)
        if isinstance(found, (ast.Name, ast.Attribute))
    )


def _is_cuda(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "is_cuda"


def _halves(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="half"), args=[]):
            return True
        case ast.Attribute(attr=name):
            return name in torch_facts.HALF and name != "half"
    return False
