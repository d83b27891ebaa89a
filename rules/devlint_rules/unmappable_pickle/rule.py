"""Pickles that hold tensors of an accelerator."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.library_facts import PICKLERS
from devlint.rule import Context, Finding, Guard, Iterator, Kind, Outcome, Value, World

#: how deep a container is looked into
_DEPTH = 3


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if context.name(node.func) not in PICKLERS:
        return
    written = context.argument(node, "obj", 0) or context.argument(node, "value", 0)
    if not isinstance(written, cst.BaseExpression):
        return
    found = {world: held for world in context.worlds if (held := _held(written, world, context)) is not None}
    if found:
        witness, held = next(iter(found.items()))
        yield context.report(
            node,
            f"{context.quote(node.func)} writes what is on `{witness.accelerator}` in world `{witness.name}`: nothing "
            "can map that to the CPU where it is read",
            worlds=dict.fromkeys(found, Outcome.WRONG),
            because=held.because,
            related=context.evidence(held, witness),
            help="copy it to the host before, or use `torch.save`",
        )


def _held(written: cst.BaseExpression, world: World, context: Context) -> Value | None:
    """Something on the accelerator of a world that is written."""
    for visit in context.visits(written, world):
        for value in visit.value if Guard.DATA not in visit.guards else ():
            found = _on_accelerator(value, world)
            if found is not None:
                return found
    return None


def _on_accelerator(value: Value, world: World, depth: int = _DEPTH) -> Value | None:
    if world.accelerator is None or depth < 0:
        return None
    if value.kind in (Kind.TENSOR, Kind.MOVABLE, Kind.MODULE, Kind.DICT) and value.place == world.accelerator:
        return value
    parts = (part for _, choice in value.elements or () for part in choice)
    return next(filter(None, (_on_accelerator(part, world, depth - 1) for part in parts)), None)
