"""What can stand in for a device that is written down."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Fix, Kind, Safety

#: a device that is written down: its name, or its number
Text = cst.SimpleString | cst.FormattedString | cst.Integer
#: the accelerator, or the first of several: what the selected device is where nothing is requested
_FIRST = ('"cuda"', "'cuda'", '"cuda:0"', "'cuda:0'", "0")
#: what a conditional expression can be made of as it is
_PLAIN = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.Integer, cst.SimpleString, cst.FormattedString)
#: where a conditional expression needs no parentheses
_LOOSE = (cst.Assign, cst.AnnAssign, cst.Return, cst.Arg, cst.Param, cst.Element, cst.DictElement)


def replacement(node: cst.Call | Text, context: Context) -> Fix | None:
    """The selected device where one is in scope, or that of a tensor which it meets; else a choice by availability,
    which somebody should look at."""
    asked = _asked(node, context)
    if asked is None:
        return None
    device = next((name for name in context.devices_in_scope(node) if name != _own(node, context)), None)
    if device is not None:
        safety = Safety.SAFE if asked in _FIRST else Safety.UNSAFE
        return Fix(safety, f"use `{device}`", _edits(node, device, context))
    met = _met(node, context) if isinstance(node, cst.Call) else None
    if met is not None:
        return Fix(Safety.UNSAFE, f"follow `{met}`", _edits(node, f"{met}.device", context))
    available = context.spelling("torch.cuda.is_available")
    if available is None or not (isinstance(node, (cst.Call, cst.Integer)) or "cuda" in asked):
        return None
    cpu = "'cpu'" if asked.endswith("'") else '"cpu"'
    choice = f"{asked} if {available}() else {cpu}"
    return Fix(Safety.UNSAFE, "choose by availability", _edits(node, choice, context))


def _met(moved: cst.Call, context: Context) -> str | None:
    """A name that is the other operand of an operation which something moved takes part in, and holds a tensor."""
    inner: cst.CSTNode = moved
    while (outer := context.parent(inner)) is not None:
        match outer:
            case cst.BinaryOperation(left=left, right=right):
                other = right if inner is left else left
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=right)]):
                other = right if inner is left else left
            case cst.Attribute() | cst.Call() | cst.ComparisonTarget():
                inner = outer
                continue
            case _:
                return None
        values = [value for world in context.worlds for value in context.value(other, world)]
        if isinstance(other, cst.Name) and values and all(value.kind is Kind.TENSOR for value in values):
            return other.value
        inner = outer
    return None


def _own(node: cst.Call | Text, context: Context) -> str | None:
    """The device that says nothing new here: the one that is assigned, or that of the tensor that is moved."""
    match node, context.parent(node):
        case cst.Call(), _:
            moved = _root(node)
        case _, cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return context.text(target)
        case _, cst.Arg() as argument if isinstance(call := context.parent(argument), cst.Call):
            moved = _root(call)
        case _:
            return None
    is_data = any(value.is_data for world in context.worlds for value in context.value(moved, world))
    return f"{context.text(moved)}.device" if is_data else None


def _root(node: cst.BaseExpression) -> cst.BaseExpression:
    """What a chain of attributes, calls and subscripts begins with."""
    match node:
        case cst.Attribute(value=inner) | cst.Subscript(value=inner) | cst.Call(func=inner):
            return _root(inner)
    return node


def _asked(node: cst.Call | Text, context: Context) -> str | None:
    """The device that is asked for, as it is written; None where nothing else can stand in its place."""
    if isinstance(node, cst.Call):
        index = context.argument(node, "device", 0)
        if index is None or (isinstance(index, cst.Name) and index.value == "None"):
            return '"cuda"'
        return context.text(index) if isinstance(index, _PLAIN) else None
    match context.parent(node):
        case cst.Arg() as argument:
            match context.parent(argument):
                # a device may stand for its type, but neither by name nor with an index beside it
                case cst.Call(func=function, args=arguments) if context.name(function) == "torch.device":
                    return context.text(node) if len(arguments) == 1 and argument.keyword is None else None
    return context.text(node)


def _edits(node: cst.Call | Text, device: str, context: Context) -> tuple[Edit, ...]:
    match node:
        case cst.Call(func=cst.Attribute(attr=method)):
            return context.replace(method, "to"), _argument(node, device, context)
    bare = isinstance(context.parent(node), _LOOSE) or " " not in device
    return (context.replace(node, device if bare else f"({device})"),)


def _argument(call: cst.Call, device: str, context: Context) -> Edit:
    """The device as first argument of what was ``.cuda(...)``."""
    match call.args:
        case []:
            return context.add_argument(call, device)
        case [cst.Arg(keyword=None, value=index), *_] | [cst.Arg(keyword=cst.Name("device"), value=index), *_]:
            return context.replace(index, device)
    return context.insert_before(call.args[0], f"{device}, ")
