"""Devices written down as literals that some world does not have."""

from __future__ import annotations

import libcst as cst

from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Finding,
    Iterator,
    Outcome,
    Placement,
    Related,
    World,
    escapes,
)
from devlint_rules.hardcoded_cuda_move.replacement import replacement

#: of a number instead of a device, where torch was built without CUDA (measured, torch 2.13)
_NUMBERED = "RuntimeError: Cannot access accelerator device when none is available"


def check(node: cst.Call | cst.SimpleString | cst.FormattedString | cst.Integer, context: Context) -> Iterator[Finding]:
    if _is_map_location(node, context):
        return
    bad = [placement for placement in context.placements(node) if _fails(placement)]
    bad = [placement for placement in bad if _is_written(node, placement.world, context)]
    if not bad:
        return
    first = context.earliest(bad)
    device, world = str(first.device.place), first.world
    text = "`.cuda()`" if isinstance(node, cst.Call) else context.quote(node)
    yield context.report(
        node,
        f"{text} asks for `{device}`, which world `{world.name}` does not have: "
        + _error(node, device, world, context),
        worlds=dict.fromkeys((placement.world for placement in bad), Outcome.CRASHES),
        because=first.device.because,
        related=_uses(node, bad, context),
        help="use the selected device",
        fix=replacement(node, context),
        cause=device,
        pedantic=context.measures_cuda,
        ends=sorted({placement.at for placement in bad if not placement.inlined}),
    )


def _error(node: cst.CSTNode, device: str, world: World, context: Context) -> str:
    if device != "cuda":
        return "RuntimeError"
    given = context.argument(node, "device", 0) if isinstance(node, cst.Call) else None
    numbered = isinstance(node, cst.Integer) or isinstance(given, cst.BaseExpression)
    return _NUMBERED if numbered and world.build == "cpu" else f"{world.missing}: {world.complaint}"


def _is_map_location(node: cst.CSTNode, context: Context) -> bool:
    """Whether this is where saved tensors go, itself or as a function: that is DEV207's."""
    match context.parent(node):
        case cst.Arg(keyword=cst.Name("map_location")):
            return True
        case cst.Lambda() as function:
            return _is_map_location(function, context)
    return False


def _fails(placement: Placement) -> bool:
    world, device = placement.world, str(placement.device.place)
    return not world.has(device) and escapes(placement, world.missing if device == "cuda" else "RuntimeError")


def _is_written(node: cst.CSTNode, world: World, context: Context) -> bool:
    """Whether the literal counts in a world: it is not behind a guard there, wherever it is used."""
    visits = context.visits(node, world)
    return not visits or any(not visit.guards & HARDWARE_GUARDS for visit in visits)


def _uses(node: cst.CSTNode, bad: list[Placement], context: Context) -> list[Related]:
    """Where else the literal ends up: the repair of the root repairs them too."""
    here = context.place(node)
    elsewhere = {placement.at for placement in bad if not placement.at.encloses(here)}
    return [Related(place, "used here", same_cause=True) for place in sorted(elsewhere)]
