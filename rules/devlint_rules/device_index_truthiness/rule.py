"""Indices of devices that are tested for truth."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Fix, Iterator, Outcome, Place, Related, Safety
from devlint.world import Request


def check(node: cst.If | cst.IfExp | cst.BooleanOperation, context: Context) -> Iterator[Finding]:
    match node:
        case cst.BooleanOperation(left=cst.Attribute(attr=cst.Name("index")) as index, operator=cst.Or(), right=right):
            if _names_no_first(right) and _is_device(index.value, context):
                yield from _report(index, None, [], context)
        case cst.If(test=test) | cst.IfExp(test=test):
            tested = test.expression if isinstance(test, cst.UnaryOperation) else test
            found = context.tested_index(tested) if _is_plain(test) else None
            if found is not None:
                declared, sinks = found
                text = context.text(tested)
                fixed = f"{text} is None" if tested is not test else f"{text} is not None"
                edit = context.replace(test, fixed)
                safety = Safety.SAFE if declared else Safety.UNSAFE
                yield from _report(tested, Fix(safety, "test whether there is an index", (edit,)), sinks, context)


def _is_plain(test: cst.BaseExpression) -> bool:
    """Whether a test is a name, or its negation."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return isinstance(inner, (cst.Name, cst.Attribute))
    return isinstance(test, (cst.Name, cst.Attribute))


def _names_no_first(node: cst.BaseExpression) -> bool:
    """Whether what stands in for index 0 means something else: -1, or a word."""
    match node:
        case cst.UnaryOperation(operator=cst.Minus()) | cst.SimpleString():
            return True
        case cst.Integer(value=value):
            return value != "0"
    return False


def _is_device(node: cst.BaseExpression, context: Context) -> bool:
    return any(context.value(node, world).any(lambda value: value.is_device) for world in context.worlds)


def _report(node: cst.BaseExpression, fix: Fix | None, sinks: list[Place], context: Context) -> Iterator[Finding]:
    reached = (world for world in context.reached(node, silent=frozenset()) if world.accelerator)
    worlds = [world for world in reached if world.request is Request.ACCELERATOR]
    if worlds:
        yield context.report(
            node,
            f"{context.quote(node)} is an index, and index 0 is false: the first device counts as none in world "
            f"`{worlds[0].name}`",
            worlds=dict.fromkeys(worlds, Outcome.WRONG),
            related=[Related(place, "names a device here") for place in sinks],
            help="compare with `None`",
            fix=fix,
        )
