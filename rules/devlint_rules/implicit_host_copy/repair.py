"""Copies to the host, for what is a tensor, for what holds tensors, and for what may be one."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Choice, Context, Edit, Fix, Kind, Safety, Value

_CHAINED = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
#: what evaluates its parts not at all, or more than once
_LAZY = (cst.Lambda, cst.BooleanOperation, cst.IfExp, cst.BaseComp, cst.Assert)


def repair(argument: cst.BaseExpression, context: Context) -> Fix | None:
    """Copy an argument to the host where it stands; what may be no tensor is asked first."""
    values = [value for world in context.worlds if len(value := context.value(argument, world))]
    if all(value.all(_is_tensor) for value in values):
        return Fix(Safety.SAFE, "insert `.cpu()`", (_copied(argument, values, context),))
    if all(value.any(_is_container) for value in values):
        if not all(value.all(_holds_tensors) for value in values):
            return None
        edit = context.replace(argument, f"[item.detach().cpu() for item in {context.text(argument)}]")
        return Fix(Safety.SAFE, "copy each tensor to the host", (edit,))
    asked = _asked(argument, context)
    return None if asked is None else Fix(Safety.SAFE, "copy it to the host if it is a tensor", (asked,))


def _is_tensor(value: Value) -> bool:
    return value.kind in (Kind.TENSOR, Kind.MOVABLE) or (value.attached and value.kind is not Kind.MODULE)


def _is_container(value: Value) -> bool:
    return value.kind in (Kind.LIST, Kind.TUPLE)


def _holds_tensors(value: Value) -> bool:
    """Whether this is a list of nothing but tensors; one that was never appended to has no elements."""
    parts: tuple[Choice, ...] | None = None if value.elements is None else tuple(part for _, part in value.elements)
    return _is_container(value) and parts is not None and all(part.all(_is_tensor) for part in parts)


def _copied(argument: cst.BaseExpression, values: list[Choice], context: Context) -> Edit:
    """``.cpu()`` behind an expression, and ``.detach()`` where it may hang on a network."""
    text = context.text(argument)
    attached = any(value.any(lambda v: v.attached) for value in values)
    copy = ".detach().cpu()" if attached and not text.endswith((".detach()", ".data")) else ".cpu()"
    if isinstance(argument, _CHAINED):
        return context.insert_after(argument, copy)
    return context.replace(argument, f"({text}){copy}")


def _asked(argument: cst.BaseExpression, context: Context) -> Edit | None:
    """A question before the statement, for a name of the function that the statement reads in any case."""
    torch = context.spelling("torch.Tensor")
    if not context.is_local(argument) or torch is None:
        return None
    node: cst.CSTNode | None = argument
    while node is not None and not isinstance(node, cst.SimpleStatementLine):
        if isinstance(node, _LAZY):
            return None
        node = context.parent(node)
    if node is None or len(node.body) > 1:
        return None
    name = context.text(argument)
    copy = f"{context.step}{name} = {name}.detach().cpu()"
    return context.precede(node.body[0], f"if isinstance({name}, {torch}):", copy)
