"""Placements that follow the hardware where a device was chosen."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Placement, Request, Safety, escapes

Text = cst.SimpleString | cst.FormattedString


def check(node: cst.Call | Text, context: Context) -> Iterator[Finding]:
    if not (_is_cuda(node) if isinstance(node, cst.Call) else "cuda" in context.text(node)):
        return
    placements = [placement for placement in context.placements(node) if escapes(placement, "RuntimeError")]
    if any(not placement.world.has(str(placement.device.place)) for placement in placements):
        return  # it fails without the hardware, which is DEV401's
    against = [placement for placement in placements if placement.world.request is Request.CPU]
    chosen = next((name for placement in against for name in _chosen(node, placement, context)), None)
    if chosen is None:
        return
    world, device = against[0].world, against[0].device.place
    yield context.report(
        node,
        f"{context.quote(node)} follows the hardware and not `{chosen}`: it goes to `{device}` in world "
        f"`{world.name}`, where `{chosen}` is the CPU",
        worlds=dict.fromkeys((placement.world for placement in against), Outcome.WRONG),
        help=f"use `{chosen}`",
        fix=_fix(node, chosen, context),
    )


def _is_cuda(node: cst.Call) -> bool:
    return isinstance(node.func, cst.Attribute) and node.func.attr.value == "cuda"


def _chosen(node: cst.Call | Text, placement: Placement, context: Context) -> Iterator[str]:
    """Names in scope that hold the CPU in the world of a placement, because somebody asks for it, and the device of the
    placement where nobody does; nothing that the placement itself sets or moves."""
    asked = context.devices_in(node, placement.world)
    unasked = next(world for world in context.worlds if world.device == placement.device.place)
    free = context.devices_in(node, unasked)
    own = _own(node, context)
    for name, types in asked.items():
        if types == {"cpu"} and free.get(name) == frozenset({unasked.device}) and name not in own:
            yield name


def _own(node: cst.CSTNode, context: Context) -> set[str]:
    """What the statement sets, the device of what it moves, what stands for the index in the literal, and what is
    compared to choose it: it follows that, in words of its author's."""
    parts = node.parts if isinstance(node, cst.FormattedString) else ()
    found = {context.text(part.expression) for part in parts if isinstance(part, cst.FormattedStringExpression)}
    around: cst.CSTNode | None = node
    while around is not None:
        if isinstance(around, cst.IfExp):
            found |= _compared(around.test, context)
        if isinstance(around, cst.Assign):
            found |= {context.text(target.target) for target in around.targets}
        if isinstance(around, cst.Call) and isinstance(around.func, cst.Attribute):
            found.add(context.text(around.func.value) + ".device")
        around = context.parent(around)
    return found


def _compared(test: cst.BaseExpression, context: Context) -> set[str]:
    match test:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=right)]):
            return {context.text(left), context.text(right)}
    return set()


def _fix(node: cst.Call | Text, chosen: str, context: Context) -> Fix | None:
    """Place by the choice; a literal that is one side of a choice by availability is left to its author."""
    edits: tuple[Edit, ...] = ()
    match node, context.parent(node):
        case cst.Call(func=cst.Attribute(attr=method), args=[]), _:
            edits = (context.replace(method, "to"), context.add_argument(node, chosen))
        case _, cst.Arg():
            edits = (context.replace(node, chosen),)
    return Fix(Safety.UNSAFE, f"use `{chosen}`", edits) if edits else None
