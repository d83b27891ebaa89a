"""New tensors that are on the CPU because no device was given, and meet one on an accelerator."""

from __future__ import annotations

import libcst as cst

from devlint.rule import (
    ALL_GUARDS,
    Context,
    Finding,
    Guard,
    Iterator,
    Mixture,
    Outcome,
    Provenance,
    Related,
    escapes,
)
from devlint_rules.tensor_without_device.replacement import replacement

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    met = [mixture for mixture in context.mixtures(node) if _fails(node, mixture, context)]
    if not met:
        return
    first = context.earliest(met)
    world, accelerator = first.world, first.world.accelerator
    there = "may be" if first.other.place != accelerator else "is"
    yield context.report(
        node,
        f"{context.quote(node)} is made on the CPU and meets a tensor that {there} on `{accelerator}` in world "
        f"`{world.name}`: RuntimeError: Expected all tensors to be on the same device",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=[
            Related(place, "they meet here", same_cause=True)
            for place in sorted({m.at for m in met if m.world == world})
        ],
        help="make it where the other one is",
        fix=replacement(node, met, context),
    )


def _fails(node: cst.Call, mixture: Mixture, context: Context) -> bool:
    host = mixture.host
    if mixture.late or host.provenance is not Provenance.FACTORY or context.origin(host) != context.place(node):
        return False
    made = context.reached(node, silent=_GUARDS & ALL_GUARDS)
    return mixture.world in made and escapes(mixture, "RuntimeError", silent=_GUARDS)
