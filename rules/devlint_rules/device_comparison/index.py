"""Comparisons that are right for `cuda` and miss `cuda:0`."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Fix, Iterator, Outcome, Safety
from devlint_rules.device_comparison.operand import every, has_index, has_no_index, in_fallback, is_device


def misses_index(
    node: cst.Comparison, device: cst.BaseExpression, other: cst.BaseExpression, context: Context
) -> Iterator[Finding]:
    """`device == "cuda" and not torch.cuda.is_available()`, `str(x.device) == "cuda"`,
    `device == torch.device("cuda")`."""
    equal = isinstance(node.comparisons[0].operator, cst.Equal)
    missed = context.reached(node)
    outcome, safety, text = Outcome.WRONG, Safety.SAFE, context.text(other)
    match device, other:
        case cst.Call(func=cst.Name("str"), args=[cst.Arg(value=inner)]), _:
            device = inner
            missed = tuple(world for world in missed if has_index(device, other, world, context))
        case _, cst.Call(args=[cst.Arg(value=cst.SimpleString() as literal)]) if not is_device(device, context):
            text, safety = context.text(literal), Safety.UNSAFE
            missed = tuple(world for world in missed if has_index(device, other, world, context))
        case _ if equal and in_fallback(node, other, context) and not every(device, has_no_index, context):
            outcome = Outcome.CRASHES
            missed = tuple(world for world in missed if not world.accelerator)
        case _:
            return
    if missed:
        test = f"{'' if equal else 'not '}str({context.text(device)}).startswith({text})"
        world = missed[0].name
        yield context.report(
            node,
            f"{context.quote(device)} may have an index, and {context.quote(other)} misses it in world `{world}`",
            worlds=dict.fromkeys(missed, outcome),
            help="compare the type of the device",
            fix=Fix(safety, "compare the beginning", (context.replace(node, test),)),
        )
