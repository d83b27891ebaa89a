"""Copies of tensors that are made and thrown away, and devices that are named and not used."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from devlint.rule import HARDWARE_GUARDS, Context, Finding, Fix, Iterator, Outcome, Safety
from devlint_rules.discarded_transfer.transfer import Transfer


def check(node: cst.Expr, context: Context) -> Iterator[Finding]:
    if isinstance(node.value, cst.Call) and context.name(node.value.func) == "torch.device":
        yield from _named(node.value, context)
        return
    calls = _calls(node)
    transfers = [transfer for call in calls if (transfer := Transfer.of(call, context)) is not None]
    found = [(transfer, worlds) for transfer in transfers if (worlds := transfer.worlds())]
    if not found:
        return
    transfer, worlds = found[0]
    yield context.report(
        node.value,
        f"{context.quote(transfer.call)} returns a copy that is thrown away: {context.quote(transfer.receiver)} stays "
        f"what it was in world `{next(iter(worlds)).name}`",
        worlds=dict.fromkeys(worlds, Outcome.WRONG),
        because=transfer.because(),
        help="a module moves in place, a tensor does not: assign the result",
        fix=_fix(node, transfers, context) if len(transfers) == len(calls) else None,
    )


def _named(device: cst.Call, context: Context) -> Iterator[Finding]:
    """A device that is named and not used: whoever wrote it takes it for the selected one."""
    worlds = {
        world: Outcome.WRONG
        for world in context.worlds
        for visit in context.visits(device, world)
        if world.accelerator and not visit.guards & HARDWARE_GUARDS
        if any(value.place == world.accelerator for value in visit.value)
    }
    if worlds:
        yield context.report(
            device,
            f"{context.quote(device)} selects nothing: all stays on the CPU in world `{next(iter(worlds)).name}`",
            worlds=worlds,
            help="assign it, and move to it what computes",
        )


def _calls(node: cst.Expr) -> Sequence[cst.BaseExpression]:
    """The expression of a statement, or those of a tuple that nobody takes."""
    if isinstance(node.value, cst.Tuple):
        return [element.value for element in node.value.elements]
    return [node.value]


def _fix(node: cst.Expr, transfers: Sequence[Transfer], context: Context) -> Fix | None:
    """Assign what is made: safe for names of the function that hold tensors, where only the device changes."""
    if isinstance(node.value, cst.Tuple) and node.value.lpar:
        return None
    local = all(context.is_local(transfer.receiver) for transfer in transfers)
    moved = all(transfer.worlds() and not transfer.casts() for transfer in transfers)
    targets = ", ".join(context.text(transfer.receiver) for transfer in transfers)
    made = ", ".join(context.text(transfer.call) for transfer in transfers)  # without the comma of a tuple of one
    edit = context.replace(node.value, f"{targets} = {made}")
    return Fix(Safety.SAFE if local and moved else Safety.UNSAFE, f"assign to `{targets}`", (edit,))
