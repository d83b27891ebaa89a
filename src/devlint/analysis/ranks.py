"""Whether a tensor is 0-dim: a CPU scalar mixes with tensors of any device, so only what is known to be none counts."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from devlint.analysis import assignments, torch_facts
from devlint.analysis.assignments import Assignment
from devlint.analysis.call import Call
from devlint.analysis.program import Program
from devlint.analysis.value import Choice, Kind, Value


def of_factory(name: str, call: Call) -> bool | None:
    """Of a new tensor: by its size, or by the data it is made from."""
    last = name.rpartition(".")[2]
    if name in torch_facts.FROM_DATA:
        return _of_data(call.args[0], call.node.args[0]) if call.args and call.node.args else None
    if last in torch_facts.SIZED:
        position = torch_facts.SIZED[last]
        sizes = call.node.args[position:]
        named = call.node_of("size")
        return all(map(_is_empty, [named] if named is not None else sizes))
    return False


def _of_data(data: Choice, node: ast.expr) -> bool | None:
    if isinstance(node, (ast.List, ast.Tuple, ast.ListComp)) or data.all(lambda v: v.kind in (Kind.LIST, Kind.TUPLE)):
        return False
    if data.all(lambda v: v.kind in (Kind.NUMBER, Kind.BOOL)):
        return True
    return data.only.scalar


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.Tuple)) and not node.elts


def of_method(receiver: Value, name: str, call: Call) -> bool | None:
    """Of what a tensor method gives back."""
    if name == "unsqueeze" or (name in torch_facts.SHAPING and call.args):
        return False
    if name in torch_facts.REDUCTIONS:
        whole = not call.args and not call.keywords and not call.open
        return True if whole and name != "squeeze" else receiver.scalar and True
    return of_operands([receiver, *call.operands()])


def of_function(last: str, call: Call, operands: Iterable[Value]) -> bool | None:
    """Of what a torch function gives back."""
    if last in ("cat", "stack", "concat", "meshgrid"):
        return False
    if last in torch_facts.REDUCTIONS:
        return None
    return of_operands(operands)


def of_operands(operands: Iterable[Value]) -> bool | None:
    """Of what tensors are broadcast to."""
    ranks = {value.scalar for value in operands}
    if False in ranks:
        return False
    return True if ranks == {True} else None


def of_part(base: Value, index: ast.expr, key: Choice) -> bool | None:
    """Of ``base[index]``: a slice or a mask keeps dimensions, a number may take the last one."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    if any(isinstance(part, ast.Slice) or (isinstance(part, ast.Constant) and part.value is None) for part in parts):
        return base.scalar
    return base.scalar if key.all(lambda v: v.kind is Kind.TENSOR and v.scalar is False) else None


def is_element(program: Program, index: ast.expr) -> bool:
    """Whether an index is an element of a tensor of two dimensions, as its two subscripts say that count: ``t[i][j]``.
    torch reads a single number wherever it is."""
    found = assignments.of_name(program, index) if isinstance(index, ast.Name) else [Assignment(index)]
    return bool(found) and all(one.value is not None and _is_counted_twice(program, one.value) for one in found)


def _is_counted_twice(program: Program, value: ast.expr) -> bool:
    match value:
        case ast.Subscript(value=ast.Subscript(slice=row), slice=column):
            return _is_count(program, row) and _is_count(program, column)
    return False


def _is_count(program: Program, index: ast.expr) -> bool:
    """Whether an index is a number that is written down, or a name that counts."""
    if isinstance(index, ast.Name):
        found = assignments.of_name(program, index)
        return bool(found) and all(_counts(index.id, one) for one in found)
    return isinstance(index, ast.Constant) and isinstance(index.value, int)


def _counts(name: str, bound: Assignment) -> bool:
    match bound.value, bound.steps:
        case ast.Constant(value=int()), ():
            return True
        case ast.BinOp(left=ast.Name(id=counted), right=ast.Constant(value=int())), ():
            return counted == name
        case (ast.Call(func=ast.Name(id="range")), (None,)) | (ast.Call(func=ast.Name(id="enumerate")), (None, 0)):
            return True
    return False
