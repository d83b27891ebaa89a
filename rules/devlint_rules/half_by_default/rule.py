"""A choice of half precision that nobody asked for and no device can take back."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import HALF
from devlint.rule import Context, Finding, Fix, Iterable, Iterator, Outcome, Related, Safety, Severity, World
from devlint_rules.half_by_default.argument import device_beside, full_on_cpu, on_cpu

_HALF = frozenset(f"torch.{name}" for name in HALF)
_BOUND = (cst.Assign, cst.AnnAssign, cst.Param)


def check(
    node: cst.Call | cst.Name | cst.Attribute | cst.IfExp | cst.BooleanOperation | cst.Comparison | cst.SimpleString,
    context: Context,
) -> Iterator[Finding]:
    device = device_beside(node, context)
    if device is not None:
        yield from _beside(node, device, context)
    if not isinstance(context.parent(node), _BOUND):
        return
    halvings = [one for one in context.halvings(node) if one.at != context.place(node)]
    if not halvings:
        return
    old = context.torch().below(2, 4)
    outcome = Outcome.CRASHES if old else Outcome.WASTEFUL
    first = halvings[0]
    surely = not isinstance(context.parent(node), cst.AnnAssign)  # whoever fills a record may turn it off
    places = dict.fromkeys(one.at for one in halvings if not context.place(node).encloses(one.at))
    yield context.report(
        node,
        f"{context.quote(node)} chooses half precision before any device is known: it reaches the CPU in world "
        f"`{first.world.name}`",
        worlds=dict.fromkeys((one.world for one in halvings), outcome),
        severity=Severity.ERROR if old else Severity.WARNING,
        torch=old,
        related=tuple(Related(place, "made half precision here", same_cause=surely) for place in sorted(places)),
        help="choose half precision only where the device is no CPU",
        fix=_fix(node, [one.world for one in halvings], context),
    )


def _beside(node: cst.BaseExpression, device: cst.BaseExpression, context: Context) -> Iterator[Finding]:
    """Half precision that is given to the same call as a device that is the CPU somewhere."""
    worlds = on_cpu(device, context)
    if not worlds:
        return
    old = context.torch().below(2, 4)
    edit = full_on_cpu(node, device, context)
    yield context.report(
        node,
        f"{context.quote(node)} goes with {context.quote(device)}, which is the CPU in world `{worlds[0].name}`",
        worlds=dict.fromkeys(worlds, Outcome.CRASHES if old else Outcome.WASTEFUL),
        severity=Severity.ERROR if old else Severity.WARNING,
        torch=old,
        help="choose half precision only where the device is no CPU",
        fix=None if edit is None else Fix(Safety.UNSAFE, "full precision where the device is the CPU", (edit,)),
    )


def _fix(node: cst.BaseExpression, worlds: Iterable[World], context: Context) -> Fix | None:
    """Make the choice hang on the device too, or on CUDA where that is chosen further down; to be done by hand where
    CUDA is there and not wanted."""
    available = context.spelling("torch.cuda.is_available")
    assigned = context.parent(node)
    if available is None or not isinstance(assigned, (cst.Assign, cst.AnnAssign)):
        return None
    if isinstance(node, (cst.IfExp, cst.BooleanOperation)) or available in context.text(node):
        return None
    device = next(iter(context.devices_in_scope(node)), None)
    condition = f"{available}()" if device is None else f'str({device}) != "cpu"'
    if context.name(node) in _HALF:
        edit = context.insert_after(node, f" if {condition} else {context.text(node).rpartition('.')[0]}.float32")
    elif isinstance(node, cst.Name):
        edit = context.replace(node, condition)
    else:
        edit = context.insert_after(node, f" and {condition}")
    if device is not None:
        return Fix(Safety.UNSAFE, f"half precision only where `{device}` is no CPU", (edit,))
    edits = [edit]
    if not context.is_imported_before(available.partition(".")[0], node):
        imported = context.precede(assigned, "import torch")
        if available != "torch.cuda.is_available" or imported is None:
            return None
        edits.append(imported)
    repairs = not any(world.has("cuda") for world in worlds)
    return Fix(Safety.UNSAFE if repairs else Safety.DISPLAY, "half precision only with CUDA", tuple(edits))
