"""Lengths of sequences that are on an accelerator: torch packs by lengths on the CPU alone."""

from __future__ import annotations

from functools import partial

import libcst as cst

from devlint.rule import Context, Finding, Guard, Iterator, Kind, Outcome, Value, World, escapes

_PACKS = "torch.nn.utils.rnn.pack_padded_sequence"


def check(node: cst.Call, context: Context, *, silent: frozenset[Guard]) -> Iterator[Finding]:
    if context.name(node.func) != _PACKS:
        return
    lengths = context.argument(node, "lengths", 1)
    if not isinstance(lengths, cst.BaseExpression):
        return
    worlds = [
        world
        for world in context.worlds
        for visit in context.visits(lengths, world)
        if escapes(visit, "RuntimeError", silent=silent) and visit.value.all(partial(_is_there, world))
    ]
    if worlds:
        yield context.report(
            lengths,
            f"{context.quote(lengths)} is on `{worlds[0].accelerator}` in world `{worlds[0].name}`: RuntimeError: "
            "'lengths' argument should be a 1D CPU int64 tensor",
            worlds=dict.fromkeys(worlds, Outcome.CRASHES),
            help=f"pack by `{context.text(lengths)}.cpu()`",
        )


def _is_there(world: World, value: Value) -> bool:
    """Whether lengths are surely on the accelerator: those that a module is given are where it is."""
    return value.kind is Kind.TENSOR and value.place == world.accelerator and value.provenance is not None
