"""What the operands of a comparison are."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from devlint.analysis.torch_facts import AVAILABILITY
from devlint.analysis.value import ANYWHERE
from devlint.rule import Context, Kind, Value, World


def every(node: cst.BaseExpression, test: Callable[[Value], bool], context: Context) -> bool:
    """Whether an expression passes a test in every world that reaches it."""
    values = [value for world in context.worlds for value in context.value(node, world)]
    return bool(values) and all(map(test, values))


def is_device(node: cst.BaseExpression, context: Context) -> bool:
    """Whether an expression is a `torch.device`: it was made so, or is the device of a tensor or module. What is only
    named like a model may be one of another library, whose device is text."""
    if _of_data(node, context):
        return every(node, lambda value: value.kind in (Kind.DEVICE, Kind.SELECTED), context)
    return every(node, lambda value: value.kind is Kind.DEVICE and value.name != "named", context)


def may_be_device(node: cst.BaseExpression, context: Context) -> bool:
    """Whether an expression is annotated as text or `torch.device`."""
    return every(node, lambda value: value.kind is Kind.SELECTED and value.name == "annotated", context)


def differ(device: cst.BaseExpression, other: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether both name the same type of device in a world, and are not equal all the same."""
    mine, theirs = context.value(device, world).only, context.value(other, world).only
    if theirs.place is None or theirs.place not in (_place(mine, world), "meta"):
        return False
    if theirs.kind is Kind.DEVICE:  # tensors are on `cuda:0`, never on `cuda`
        return theirs.indexed is False and theirs.place == world.accelerator and _is_indexed(mine, device, context)
    return theirs.kind is Kind.STR


def has_index(device: cst.BaseExpression, other: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether a device may have an index in a world, while what names its type has none."""
    theirs = context.value(other, world).only
    kinds = (Kind.DEVICE,) if theirs.kind is Kind.STR else (Kind.DEVICE, Kind.SELECTED)
    return theirs.indexed is False and context.value(device, world).any(
        lambda mine: (
            mine.kind in kinds
            and _place(mine, world) == theirs.place == world.accelerator
            and _is_indexed(mine, device, context)
        )
    )


def _is_indexed(value: Value, node: cst.BaseExpression, context: Context) -> bool:
    """Whether a device has an index; those of tensors and modules always do on an accelerator."""
    of_data = value.place == ANYWHERE or _of_data(node, context)
    return value.indexed is True or (value.indexed is None and of_data)


def _place(value: Value, world: World) -> str | None:
    """The type of device in a world; what may live anywhere lives where the world computes."""
    return world.device if value.place == ANYWHERE else value.place


def has_no_index(value: Value) -> bool:
    """Whether a device is written down in the program, or chosen from a list of bare types."""
    return isinstance(value.const, str) or value.indexed is False


def in_fallback(node: cst.Comparison, asked: cst.BaseExpression, context: Context) -> bool:
    """Whether a comparison with `"cuda"` stands beside `not torch.cuda.is_available()`."""
    match context.parent(node):
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            match right if left is node else left:
                case cst.UnaryOperation(operator=cst.Not(), expression=cst.Call(func=function)):
                    device = AVAILABILITY.get(context.name(function) or "")
                    declared = {world.accelerator for world in context.worlds}
                    return device in declared and every(asked, lambda value: value.const == device, context)
    return False


def _of_data(node: cst.BaseExpression, context: Context) -> bool:
    """Whether this is the `.device` of a tensor or module; on `self` it is whatever the class put there."""
    match node:
        case cst.Attribute(value=cst.Name("self")):
            return False
        case cst.Attribute(value=owner, attr=cst.Name("device")):
            return every(owner, lambda value: value.is_data, context)
    return False
