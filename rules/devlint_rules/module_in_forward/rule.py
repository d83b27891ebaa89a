"""Modules with weights that are made in ``forward``: new ones on the CPU for each call."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Guard, Iterator, Mixture, Outcome, Provenance, Related, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if not context.makes_weights(node):
        return
    met = [mixture for mixture in context.mixtures(node) if _fails(node, mixture, context)]
    if not met:
        return
    first = context.earliest(met)
    world = first.world
    yield context.report(
        node,
        f"{context.quote(node)} makes new weights on the CPU each time that `forward` is called, and they meet a "
        f"tensor on `{world.accelerator}` in world `{world.name}`: RuntimeError: Expected all tensors to be on "
        "the same device",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=[Related(place, "they meet here") for place in sorted({m.at for m in met if m.world == world})],
        help="make it in `__init__` and keep it as an attribute: weights that are new each time never learn anything",
    )


def _fails(node: cst.Call, mixture: Mixture, context: Context) -> bool:
    host = mixture.host
    made = host.provenance is Provenance.BUILT and context.origin(host) == context.place(node)
    return made and escapes(mixture, "RuntimeError", silent=_GUARDS)
