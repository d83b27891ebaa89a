"""Availability functions that are tested without being called."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import AVAILABILITY
from devlint.rule import Context, Finding, Fix, Iterator, Kind, Outcome, Safety, World


def check(node: cst.Attribute | cst.Name, context: Context) -> Iterator[Finding]:
    literal = _compared_with(node, context)
    if literal is None and not _tested(node, context):
        return
    function = _function(node, context)
    if function is None:
        return
    misled = [
        world
        for world in context.reached(node, silent=frozenset())
        if _true(function, world) is (literal == "True")  # never equal to the literal, and true where there is none
    ]
    if misled:
        text = context.quote(node)
        done, always = ("tested", "is always true") if literal is None else ("compared", f"never equals `{literal}`")
        yield context.report(
            node,
            f"{text} is {done} without being called: a function {always}, also in world `{misled[0].name}`",
            worlds=dict.fromkeys(misled, Outcome.WRONG),
            help="call it",
            fix=Fix(Safety.SAFE, f"call {text}", (context.insert_after(node, "()"),)),
        )


def _tested(node: cst.BaseExpression, context: Context) -> bool:
    """Whether an expression stands where only its truth counts; ``x or f`` hands ``f`` on, so its own place counts."""
    match context.parent(node):
        case (
            cst.If(test=test)
            | cst.While(test=test)
            | cst.IfExp(test=test)
            | cst.Assert(test=test)
            | cst.CompIf(test=test)
        ):
            return test is node
        case cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.BooleanOperation(left=left) as operation:
            return left is node or _tested(operation, context)
    return False


def _compared_with(node: cst.BaseExpression, context: Context) -> str | None:
    """The `True` or `False` that an expression is compared with."""
    around = context.parent(node)
    match context.parent(around) if isinstance(around, cst.ComparisonTarget) else around:
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.Equal() | cst.NotEqual(), comparator=right)]
        ):
            match right if left is node else left:
                case cst.Name("True" | "False" as literal):
                    return literal
    return None


def _function(node: cst.BaseExpression, context: Context) -> str | None:
    """The availability function that an expression is in every world that reaches it."""
    held = {
        value.name if value.kind is Kind.LIBRARY else None
        for world in context.worlds
        for value in context.value(node, world)
    }
    return held.pop() if len(held) == 1 and held <= AVAILABILITY.keys() else None


def _true(function: str, world: World) -> bool:
    """Whether calling the function gives a true answer, too."""
    asked = AVAILABILITY[function]
    return world.accelerator is not None if asked == "" else asked is not None and world.has(asked)
