"""What a condition asks for, and which device it chooses."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from devlint.rule import Context, Iterator, World
from devlint.world import Request

Table = dict[World, bool | None]


def operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What `and` and `or` join."""
    match node:
        case cst.BooleanOperation(left=left, right=right):
            yield from operands(left)
            yield from operands(right)
        case _:
            yield node


def asks_hardware(table: Table) -> bool:
    """Whether a condition is true exactly on machines with an accelerator, or exactly on those without."""
    present = {truth for world, truth in table.items() if world.accelerator}
    absent = {truth for world, truth in table.items() if not world.accelerator}
    return present | absent == {True, False} and len(present) == len(absent) == 1


def asks_request(table: Table) -> bool:
    """Whether what is requested decides a condition where there is an accelerator."""
    answers = {world.request: truth for world, truth in table.items() if world.accelerator}
    return {answers.get(Request.ACCELERATOR), answers.get(Request.CPU)} == {True, False}


def cpu_side(node: cst.If | cst.IfExp, context: Context) -> bool | None:
    """The truth of the condition at which the CPU is chosen; None where no device is chosen."""
    for expression, side in _choices(node):
        chosen = {value.place for world in context.worlds for value in context.value(expression, world)}
        if chosen == {"cpu"}:
            return side
        if chosen and chosen <= {world.accelerator for world in context.worlds if world.accelerator}:
            return not side
    return None


def _choices(node: cst.If | cst.IfExp) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """What each side of a selection assigns or returns."""
    match node:
        case cst.IfExp(body=positive, orelse=negative):
            yield from ((positive, True), (negative, False))
        case cst.If(body=cst.IndentedBlock(body=positive), orelse=cst.Else(body=cst.IndentedBlock(body=negative))):
            yield from ((value, True) for value in _assigned(positive))
            yield from ((value, False) for value in _assigned(negative))
        case cst.If(body=cst.IndentedBlock(body=positive)):
            yield from ((value, True) for value in _assigned(positive))


def _assigned(lines: Sequence[cst.BaseStatement]) -> Iterator[cst.BaseExpression]:
    for line in lines:
        match line:
            case cst.SimpleStatementLine(body=[cst.Assign(value=value)]):
                yield value
            case cst.SimpleStatementLine(body=[cst.Return(value=cst.BaseExpression() as value)]):
                yield value
