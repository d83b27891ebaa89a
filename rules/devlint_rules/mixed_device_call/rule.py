"""Calls and operations that are given tensors on different devices."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Guard, Iterator, Mixture, Outcome, Provenance, Related, escapes
from devlint_rules.mixed_device_call import lengths

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))
_ON_HOST = {
    Provenance.READ: "that was read to the CPU",
    Provenance.HOST: "that was copied to the CPU",
}


def check(node: cst.Call | cst.BinaryOperation | cst.Comparison | cst.Subscript, context: Context) -> Iterator[Finding]:
    if isinstance(node, cst.Call):
        yield from lengths.check(node, context, silent=_GUARDS)
    met = [mixture for mixture in context.mixtures(node) if _fails(node, mixture, context)]
    if not met:
        return
    first = context.earliest(met)
    origin = context.origin(first.other)
    yield context.report(
        node,
        f"{context.quote(node)} mixes a tensor {_ON_HOST[first.host.provenance]} with one on "  # type: ignore[index]
        f"`{first.world.accelerator}` in world `{first.world.name}`: RuntimeError: Expected all tensors to be on the "
        "same device",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=() if origin is None else (Related(origin, f"chosen here in world `{first.world.name}`"),),
        help="move both to one device",
    )


def _fails(node: cst.CSTNode, mixture: Mixture, context: Context) -> bool:
    here = not (mixture.inlined or mixture.late) and mixture.at == context.place(node)
    return here and mixture.host.provenance in _ON_HOST and escapes(mixture, "RuntimeError", silent=_GUARDS)
