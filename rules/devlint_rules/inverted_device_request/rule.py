"""Conditions that choose between CPU and accelerator and turn the request round."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Safety, World
from devlint.world import Request
from devlint_rules.inverted_device_request.choice import Table, asks_hardware, asks_request, cpu_side, operands


def check(node: cst.If | cst.IfExp, context: Context) -> Iterator[Finding]:
    if not isinstance(node.test, cst.BooleanOperation):
        return
    tables = [(operand, context.truth(operand)) for operand in operands(node.test)]
    request = next((operand for operand, table in tables if asks_request(table)), None)
    if request is None or not any(asks_hardware(table) for _, table in tables):
        return
    side = cpu_side(node, context)
    if side is None:
        return
    chosen = {world: truth for world, truth in context.truth(node.test).items() if world.accelerator}
    wrong = _wrong(chosen, side)
    if any(world.request is not Request.CPU for world in wrong):
        witness = next(iter(wrong)).name
        yield context.report(
            request,
            f"{context.quote(request)} is inverted: who asks for the accelerator gets the CPU in world `{witness}`",
            worlds=wrong,
            help="select the CPU when the CPU is asked for, and leave alone who asks for nothing",
            fix=_fix(request, side, chosen, wrong, context),
        )


def _wrong(chosen: Table, side: bool) -> dict[World, Outcome]:
    """Worlds that get what they did not ask for; ``side`` is the truth at which the CPU is chosen."""
    return {
        world: Outcome.WRONG
        for world, truth in chosen.items()
        if truth is not None
        and world.request is not Request.NONE
        and (truth is side) is not (world.request is Request.CPU)
    }


def _fix(request: cst.BaseExpression, side: bool, chosen: Table, wrong: dict[World, Outcome], context: Context) -> Fix:
    """Safe when every answer that changes was wrong."""
    edit, absent_kept = _turned(request, side, context)
    changed = {world for world in chosen if not (absent_kept and world.request is Request.NONE)}
    return Fix(Safety.SAFE if changed <= wrong.keys() else Safety.UNSAFE, "turn the request round", (edit,))


def _turned(request: cst.BaseExpression, side: bool, context: Context) -> tuple[Edit, bool]:
    """The request turned round, and whether it still says the same where the key is absent."""
    match request:
        case cst.Call(
            func=cst.Attribute(attr=cst.Name("get")) as get,
            args=[key] | [key, cst.Arg(value=cst.Name("None" | "False") | cst.Integer("0"))],
        ) if side:
            return context.replace(request, f"{context.text(get)}({context.text(key)}, 1) == 0"), True
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return context.replace(request, context.text(inner)), False
    return context.replace(request, f"not {context.text(request)}"), False
