"""Comparisons of devices that are false where they should be true."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Safety, Severity
from devlint_rules.device_comparison.index import misses_index
from devlint_rules.device_comparison.operand import differ, is_device, may_be_device


def check(node: cst.Comparison | cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.Equal() | cst.NotEqual(), comparator=right)]
        ):
            for device, other in ((left, right), (right, left)):
                yield from _never_equal(node, device, other, context)
                yield from misses_index(node, device, other, context)
        case cst.Comparison(
            left=cst.SimpleString(),
            comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=device)],
        ):
            yield from _not_text(node, device, "TypeError: argument of type 'torch.device' is not iterable", context)
        case cst.Call(func=cst.Attribute(value=device, attr=cst.Name("startswith" | "split" as name))):
            error = f"AttributeError: 'torch.device' object has no attribute '{name}'"
            yield from _not_text(node, device, error, context)


def _never_equal(
    node: cst.Comparison, device: cst.BaseExpression, other: cst.BaseExpression, context: Context
) -> Iterator[Finding]:
    """`x.device == "cuda"`, and `x.device == torch.device("cuda")` where the left side is `cuda:0`."""
    union = may_be_device(device, context)
    if not union and not is_device(device, context):
        return
    wrong = [world for world in context.reached(node, silent=frozenset()) if differ(device, other, world, context)]
    if wrong:
        yield context.report(
            node,
            f"{context.quote(device)} never equals {context.quote(other)}, also not in world `{wrong[0].name}`"
            + (", when it is a `torch.device`" if union else ""),
            worlds=dict.fromkeys(wrong, Outcome.WRONG),
            severity=Severity.WARNING if union else None,
            help="compare the type of the device",
            fix=_fix(device, other, union, context),
        )


def _not_text(node: cst.BaseExpression, device: cst.BaseExpression, error: str, context: Context) -> Iterator[Finding]:
    reached = context.reached(node, silent=frozenset())
    if reached and is_device(device, context):
        yield context.report(
            node,
            f"{context.quote(device)} is a `torch.device`, not text, in world `{reached[0].name}`: {error}",
            worlds=dict.fromkeys(reached, Outcome.CRASHES),
            help="make text of it",
            fix=Fix(Safety.SAFE, "make text of it", _as_text(device, context)),
        )


def _fix(device: cst.BaseExpression, other: cst.BaseExpression, union: bool, context: Context) -> Fix:
    """Compare `.type` with the name of a type; text that names an index, or may be compared with text, as text."""
    kind = context.insert_after(device, ".type")
    match other:
        case cst.SimpleString() if union or ":" in other.value:
            return Fix(Safety.UNSAFE if union else Safety.SAFE, "compare as text", _as_text(device, context))
        case cst.SimpleString():
            edits: tuple[Edit, ...] = (kind,)
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as literal)]):
            edits = (kind, context.replace(other, context.text(literal)))
        case _:
            edits = (kind, context.insert_after(other, ".type"))
    return Fix(Safety.SAFE, "compare the type", edits)


def _as_text(device: cst.BaseExpression, context: Context) -> tuple[Edit, ...]:
    return context.insert_before(device, "str("), context.insert_after(device, ")")
