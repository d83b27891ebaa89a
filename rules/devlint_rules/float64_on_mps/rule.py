"""Double precision on an accelerator that has none."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import DOUBLE, NO_DOUBLE
from devlint.analysis.value import ANYWHERE
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Kind, Outcome, Safety, Span, World, escapes

_ERROR = "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64"
_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.EXPORT, Guard.DATA))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    worlds = [world for world in context.worlds if world.accelerator in NO_DOUBLE and _ends_there(node, world, context)]
    if not worlds:
        return
    types = _types(node, context)
    if types:
        bad = [world for world in worlds if any(_is_double(one, world, context) for one in types)]
    else:
        bad = worlds if _converts(node) or context.is_double(_made_of(node)) else []
    if bad:
        witness = bad[0]
        yield context.report(
            node,
            f"{context.quote(node)} is double precision on `{witness.accelerator}` in world `{witness.name}`: {_ERROR}",
            worlds=dict.fromkeys(bad, Outcome.CRASHES),
            help="make it single precision before it gets there",
            fix=_fix(node, context),
        )


def _ends_there(node: cst.Call, world: World, context: Context) -> bool:
    """Whether a call gives something that is on the accelerator of a world. What follows the device of a tensor that
    may be anywhere is meant for every device."""
    follows = isinstance(context.argument(node, "device"), cst.Attribute) and world.device == world.accelerator
    return any(
        (value.place == world.accelerator or (follows and value.place == ANYWHERE)) and value.is_data
        for visit in context.visits(node, world)
        if escapes(visit, "TypeError", silent=_GUARDS)
        for value in visit.value
    )


def _types(node: cst.Call, context: Context) -> list[cst.BaseExpression]:
    """The arguments that say a type."""
    return [
        argument.value
        for argument in node.args
        if (argument.keyword is not None and argument.keyword.value == "dtype")
        or any(value.kind is Kind.DTYPE for world in context.worlds for value in context.value(argument.value, world))
    ]


def _is_double(given: cst.BaseExpression, world: World, context: Context) -> bool:
    return context.value(given, world).all(lambda v: v.kind is Kind.DTYPE and v.name in DOUBLE)


def _converts(node: cst.Call) -> bool:
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name("double")), args=[]):
            return True
    return False


def _made_of(node: cst.Call) -> cst.BaseExpression:
    """What is moved by `.to(device)`, or the call that makes a tensor where it is wanted."""
    match node:
        case cst.Call(func=cst.Attribute(value=moved, attr=cst.Name("to"))):
            return moved
    return node


def _fix(node: cst.Call, context: Context) -> Fix | None:
    """Convert before moving, where that is done next anyway."""
    outer = context.parent(node)
    match outer, node:
        case cst.Attribute(attr=cst.Name("float")), cst.Call(func=cst.Attribute(attr=cst.Name("to") as method)):
            again = context.parent(outer)
            if isinstance(again, cst.Call) and again.func is outer and not again.args:
                behind = Span(context.span(node).end, context.span(again).end)
                edits = (context.insert_before(method, "float()."), context.replace(behind, ""))
                return Fix(Safety.SAFE, "convert it before it is moved", edits)
    return None
