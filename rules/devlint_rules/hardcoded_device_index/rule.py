"""GPUs that are named by an index which a machine with fewer of them does not have."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Placement, Related, Safety, escapes

_ERROR = "AcceleratorError: CUDA error: invalid device ordinal"


def check(node: cst.Call | cst.SimpleString, context: Context) -> Iterator[Finding]:
    placements = [placement for placement in context.placements(node) if escapes(placement, "RuntimeError")]
    if not all(placement.world.has(str(placement.device.place)) for placement in placements):
        return  # it does not ask for CUDA either: that is DEV401's
    bad = [placement for placement in placements if _fails(placement)]
    if not bad:
        return
    first = context.earliest(bad)
    device, world = f"{first.device.place}:{first.device.index}", first.world
    here = context.place(node)
    elsewhere = sorted({placement.at for placement in bad if not placement.at.encloses(here)})
    count = "one device" if world.count == 1 else f"{world.count} devices"
    yield context.report(
        node,
        f"`{device}` is named here, and world `{world.name}` has {count}: {_ERROR}",
        worlds=dict.fromkeys((placement.world for placement in bad), Outcome.CRASHES),
        because=first.device.because,
        related=[Related(place, "used here", same_cause=True) for place in elsewhere],
        help="use the selected device, or ask how many there are",
        fix=_fix(node, context),
    )


def _fails(placement: Placement) -> bool:
    index = placement.device.index
    return index is not None and index >= max(placement.world.count, 1)


def _fix(node: cst.Call | cst.SimpleString, context: Context) -> Fix | None:
    """The selected device where one is in scope; else this one where there are so many."""
    moved: tuple[Edit, ...] = ()
    match node:
        case cst.Call(func=cst.Attribute(attr=method), args=[cst.Arg(keyword=None, value=cst.Integer() as index), *_]):
            written: cst.Integer | cst.SimpleString = index
            first, moved = "0", (context.replace(method, "to"),)
        case cst.SimpleString() if ":" in node.value:
            written = node
            first = f"{node.value.partition(':')[0]}:0{node.quote}"
        case _:
            return None
    device = next(iter(context.devices_in_scope(node)), None)
    if device is not None and not _is_bound_here(node, device, context):
        return Fix(Safety.UNSAFE, f"use `{device}`", (*moved, context.replace(written, device)))
    counted = context.spelling("torch.cuda.device_count")
    if counted is None or "cuda" not in context.text(node):
        return None
    number = written.value.strip("\"'").rpartition(":")[2]
    choice = f"{written.value} if {counted}() > {number} else {first}"
    choice = choice if isinstance(context.parent(written), (cst.Arg, cst.Assign)) else f"({choice})"
    return Fix(Safety.UNSAFE, "take it where there are so many", (context.replace(written, choice),))


def _is_bound_here(node: cst.CSTNode, device: str, context: Context) -> bool:
    """Whether the device in scope is the one that is chosen by this statement."""
    match context.parent(node):
        case cst.Assign(targets=targets):
            return any(context.text(target.target) == device for target in targets)
        case None:
            return False
        case parent:
            return _is_bound_here(parent, device, context)
