"""Devices that a module keeps from when it was made: they are stale once it is moved."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Because, Context, Finding, Iterator, Outcome, Related


def check(node: cst.Assign | cst.AnnAssign, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)]):
            pass
        case cst.AnnAssign(target=cst.Attribute() as target):
            pass
        case _:
            return
    made = context.made_on_kept_device(target)
    if not made:
        return
    world = next(world for world in context.worlds if world in made)
    yield context.report(
        target,
        f"{context.quote(target)} is the device that the module was made with: moved to `{world.accelerator}` later, "
        f"in world `{world.name}`, it goes on making tensors there: RuntimeError: Expected all tensors to be on the "
        "same device",
        worlds=dict.fromkeys(made, Outcome.CRASHES),
        because=Because.ROLE,
        related=[Related(place, "made there") for place in sorted(set(made[world]))],
        help="ask an input or a parameter for its device, or make the attribute a property that does",
    )
