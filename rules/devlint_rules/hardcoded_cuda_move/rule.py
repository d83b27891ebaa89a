"""Devices written down as literals that some world does not have."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Placement, Related, Safety, Span, escapes

Text = cst.SimpleString | cst.FormattedString


def check(node: cst.Call | cst.SimpleString | cst.FormattedString, context: Context) -> Iterator[Finding]:
    if _is_map_location(node, context):
        return
    bad = [placement for placement in context.placements(node) if _fails(placement)]
    if not bad:
        return
    first = min(bad, key=lambda placement: context.worlds.index(placement.world))
    device, world = str(first.device.place), first.world
    text = "`.cuda()`" if isinstance(node, cst.Call) else context.quote(node)
    error = f"{world.missing}: {world.complaint}" if device == "cuda" else "RuntimeError"
    yield context.report(
        node,
        f"{text} asks for `{device}`, which world `{world.name}` does not have: {error}",
        worlds=dict.fromkeys((placement.world for placement in bad), Outcome.CRASHES),
        because=first.device.because,
        related=_uses(node, bad, context),
        help="use the selected device",
        fix=_fix(node, context),
    )


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


def _uses(node: cst.CSTNode, bad: list[Placement], context: Context) -> list[Related]:
    """Where else the literal ends up: the repair of the root repairs them too."""
    start, end = context.span(node)
    elsewhere = {placement.at for placement in bad if not placement.at.start <= start <= end <= placement.at.end}
    return [Related(context.place(Span(*at)), "used here", same_cause=True) for at in sorted(elsewhere)]


def _fix(node: cst.Call | Text, context: Context) -> Fix | None:
    """The selected device where one is in scope; else a choice by availability, which somebody should look at."""
    literal = '"cuda"' if isinstance(node, cst.Call) else context.text(node)
    device = next(iter(context.devices_in_scope(node)), None)
    if device is not None:
        safety = Safety.UNSAFE if isinstance(node, cst.FormattedString) else Safety.SAFE
        return Fix(safety, f"use `{device}`", _edits(node, device, context))
    available = context.spelling("torch.cuda.is_available")
    if available is None or "cuda" not in literal:
        return None
    choice = f'{literal} if {available}() else "cpu"'
    return Fix(Safety.UNSAFE, "choose by availability", _edits(node, choice, context))


def _edits(node: cst.Call | Text, device: str, context: Context) -> tuple[Edit, ...]:
    match node:
        case cst.Call(func=cst.Attribute(attr=method)):
            return context.replace(method, "to"), _argument(node, device, context)
    match context.parent(node):
        case cst.Assign() | cst.AnnAssign() | cst.Return() | cst.Arg() | cst.Param():
            return (context.replace(node, device),)
    return (context.replace(node, f"({device})" if " " in device else device),)


def _argument(call: cst.Call, device: str, context: Context) -> Edit:
    """The device as first argument of what was ``.cuda(...)``."""
    match call.args:
        case []:
            return context.add_argument(call, device)
        case [cst.Arg(keyword=None, star="", value=index), *_] | [cst.Arg(keyword=cst.Name("device"), value=index), *_]:
            return context.replace(index, device)
    return context.insert_before(call.args[0], f"{device}, ")
