"""What arithmetic does to tensors, numbers and text."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from devlint.analysis import lexicon, torch_facts
from devlint.analysis.conditions import compound
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.literals import device_text, fixed, literal
from devlint.analysis.mixtures import meet
from devlint.analysis.names import last_name
from devlint.analysis.ranks import of_operands
from devlint.analysis.state import State
from devlint.analysis.value import (
    ANYWHERE,
    MISSING,
    NDARRAY,
    NEVER,
    NUMBER,
    STR,
    UNKNOWN,
    Choice,
    Kind,
    Value,
    constant,
    join,
)
from devlint.finding import Because

_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)


def _binary(ev: Evaluator, node: ast.BinOp, state: State) -> Choice:
    left, right = ev.evaluate(node.left, state), ev.evaluate(node.right, state)
    if state.ended:
        return NEVER
    meet(ev, node, [*((value, node.left) for value in left), *((value, node.right) for value in right)], state)
    return binary(node.op, left, right, node, state)


def binary(op: ast.operator, left: Choice, right: Choice, node: ast.AST, state: State) -> Choice:
    """``left op right``, written at ``node``."""
    possible = left.flat_map(
        lambda a: right.flat_map(lambda b: NEVER if _crashes(a, b) else _operation(op, a, b, node, state))
    )
    if not possible.never:
        return possible
    return left.flat_map(lambda a: right.flat_map(lambda b: _operation(op, a, b, node, state)))


def _crashes(a: Value, b: Value) -> bool:
    """Whether torch refuses to compute with two tensors: what they may be otherwise goes on."""
    known = all(one.kind is Kind.TENSOR and one.place not in (None, ANYWHERE) and not one.scalar for one in (a, b))
    return known and a.place != b.place


def _operation(op: ast.operator, a: Value, b: Value, node: ast.AST, state: State) -> Choice:
    if a.kind is Kind.STR or b.kind is Kind.STR:
        return _text_operation(op, a, b, node, state)
    if isinstance(op, _DIVISIONS) and _counts_nothing(b) and _is_number(a, node):
        return NEVER
    if isinstance(op, ast.Mod) and b.name == torch_facts.COUNT and a.kind in (Kind.UNKNOWN, Kind.NUMBER):
        return Choice(Value(Kind.NUMBER, "cuda", indexed=True, origin=node))  # the index of one of them
    if a.kind is Kind.LIST and isinstance(op, ast.Mult):  # so many times, whatever counts them
        return Choice(a)
    for one, other in ((a, b), (b, a)):
        if _stays_on_cpu(one) and _tells_nothing(other):
            return Choice(one.but(attached=a.attached or b.attached))
    if a.is_data and b.is_data:
        places = {a.place, b.place}
        place = places.pop() if len(places) == 1 else None
        if ANYWHERE in places and None not in places:  # a mismatch would have crashed
            place = next(iter(places - {ANYWHERE}))
        return Choice(known_from((a, b), place).but(place=place, attached=a.attached or b.attached))
    if a.is_data or b.is_data:
        tensor, other = (a, b) if a.is_data else (b, a)
        if other.kind is Kind.NDARRAY:
            return UNKNOWN
        keep = other.kind in (Kind.NUMBER, Kind.BOOL) or tensor.place != "cpu"
        unproved = tensor.kind is Kind.MOVABLE and tensor.because is Because.ROLE  # a number, perhaps
        kind = Kind.MOVABLE if unproved else Kind.TENSOR
        return Choice(tensor.but(kind=kind, place=tensor.place if keep else None))
    if Kind.NDARRAY in (a.kind, b.kind):
        return NDARRAY
    if a.kind is b.kind is Kind.NUMBER:
        return _arithmetic(op, a, b)
    if a.kind is Kind.LIST and b.kind is Kind.LIST:
        both = join(a.element(None) or UNKNOWN, b.element(None) or UNKNOWN)
        return Choice(Value(Kind.LIST, elements=((None, both),)))
    if a.kind is Kind.LIST:
        return Choice(a)
    return UNKNOWN


def _counts_nothing(value: Value) -> bool:
    """Whether a value is the number of GPUs of a machine that has none. Any other zero may be counted up out of
    sight."""
    return value.name == torch_facts.COUNT and value.const == 0


def _is_number(value: Value, operation: ast.AST) -> bool:
    """Whether the left operand is a number: a tensor or an array may be divided by zero, and text formatted with it."""
    left = operation.left if isinstance(operation, ast.BinOp) else getattr(operation, "target", None)
    named = value.kind is Kind.UNKNOWN and lexicon.numbers_process(last_name(left) or "")
    return named or value.kind in (Kind.NUMBER, Kind.BOOL)


def _stays_on_cpu(value: Value) -> bool:
    """Whether what comes of an operation with a tensor is on the CPU, if anything does: only a 0-dim one mixes."""
    return value.kind is Kind.TENSOR and value.place == "cpu" and value.scalar is False and value.provenance is not None


def _tells_nothing(value: Value) -> bool:
    return value.place is None and (value.is_data or value.kind in (Kind.UNKNOWN, Kind.LIBRARY))


def known_from(operands: Sequence[Value], place: str | None) -> Value:
    """What the result of an operation at a place takes over from its operands: how its place is known, and by what
    evidence; its rank."""
    because = max((value.because for value in operands), key=list(Because).index)
    made = Value(Kind.TENSOR, because=because, scalar=of_operands(operands))
    if place == "cpu" and any(value.provenance is None or value.place != "cpu" for value in operands):
        return made  # not every operand is known to be there
    for value in operands:
        if value.place == place and value.provenance is not None:
            return made.but(provenance=value.provenance, origin=value.origin, because=value.because)
    return made


def _text_operation(op: ast.operator, a: Value, b: Value, node: ast.AST, state: State) -> Choice:
    if isinstance(op, ast.Add) and isinstance(a.const, str):
        if isinstance(b.const, str):
            return literal(a.const + b.const, node, state)
        prefix = a.const.rstrip(":")
        if a.const.endswith(":") and device_text(prefix):
            return Choice(Value(Kind.STR, prefix, indexed=True, literal=fixed(prefix, state), origin=node))
    if isinstance(op, ast.Mod) and isinstance(a.const, str):
        prefix = a.const.partition(":")[0]
        if device_text(prefix) and a.const.startswith(prefix + ":%"):
            return Choice(Value(Kind.STR, prefix, indexed=True, literal=fixed(prefix, state), origin=node))
    return STR


def _arithmetic(op: ast.operator, a: Value, b: Value) -> Choice:
    if isinstance(a.const, int) and isinstance(b.const, int):
        if isinstance(op, ast.Add):
            return constant(a.const + b.const)
        if isinstance(op, ast.Sub):
            return constant(a.const - b.const)
        if isinstance(op, (ast.Mult, ast.FloorDiv)) and _counts_nothing(a):  # as many times, or shared
            return Choice(a)
    return NUMBER


def _unary(ev: Evaluator, node: ast.UnaryOp, state: State) -> Choice:
    if isinstance(node.op, ast.Not):
        return compound(ev, node, state).value
    value = ev.evaluate(node.operand, state)
    if isinstance(node.op, ast.USub) and isinstance(value.const, (int, float)):
        return constant(-value.const)
    return value.map(lambda v: v.but(const=MISSING))


EXPRESSIONS: Expressions = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
}
