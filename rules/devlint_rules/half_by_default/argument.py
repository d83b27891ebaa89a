"""Half precision written into a call beside a device that may be the CPU."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import HALF
from devlint.rule import ALL_GUARDS, Context, Edit, Guard, World

_HALF = frozenset(f"torch.{name}" for name in HALF)
_TEXT = frozenset((*HALF, "fp16"))
#: arguments that choose a precision to compute in
_PRECISIONS = frozenset("dtype torch_dtype compute_type compute_dtype precision".split())


def device_beside(node: cst.BaseExpression, context: Context) -> cst.BaseExpression | None:
    """The device of a call that is given half precision by this argument; None where there is none, and for what torch
    itself makes or casts: that only holds numbers."""
    argument = context.parent(node)
    if not isinstance(argument, cst.Arg) or argument.keyword is None or argument.keyword.value not in _PRECISIONS:
        return None
    call = context.parent(argument)
    if not isinstance(call, cst.Call) or not _is_half(node, context):
        return None
    made = (context.name(call.func) or "").startswith("torch.")
    cast = isinstance(call.func, cst.Attribute) and call.func.attr.value in ("to", "type")
    device = context.argument(call, "device")
    return device if isinstance(device, cst.BaseExpression) and not made and not cast else None


def _is_half(node: cst.BaseExpression, context: Context) -> bool:
    if isinstance(node, cst.SimpleString):
        return node.evaluated_value in _TEXT
    return context.name(node) in _HALF


def on_cpu(device: cst.BaseExpression, context: Context) -> tuple[World, ...]:
    """The worlds in which this device is the CPU, whatever was asked for."""
    reached = context.reached(device, silent=ALL_GUARDS - {Guard.DATA})  # who prepares data computes, too
    return tuple(world for world in reached if context.value(device, world).all(lambda value: value.place == "cpu"))


def full_on_cpu(node: cst.BaseExpression, device: cst.BaseExpression, context: Context) -> Edit | None:
    """Full precision where the device is the CPU."""
    if not isinstance(device, (cst.Name, cst.Attribute)):
        return None
    if isinstance(node, cst.SimpleString):
        wide = "'float32'" if node.quote == "'" else '"float32"'
    elif isinstance(node, cst.Attribute):
        wide = f"{context.text(node.value)}.float32"
    else:
        return None
    return context.insert_after(node, f' if str({context.text(device)}) != "cpu" else {wide}')
