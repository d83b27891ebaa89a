"""Optimizers that are made before their model is moved, and leave on the CPU what they keep beside its weights."""

from __future__ import annotations

import libcst as cst

from devlint.rule import (
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    LateMove,
    Outcome,
    Related,
    Safety,
    Severity,
)

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    late = [move for move in context.late_moves(node) if not move.guards & _GUARDS]
    if not late:
        return
    first = context.earliest(late)
    yield context.report(
        node,
        f"{context.quote(node)} keeps sums beside the weights, on the CPU, and the model is moved to "
        f"`{first.world.accelerator}` afterwards in world `{first.world.name}`: RuntimeError: Expected all tensors to "
        "be on the same device",
        worlds=dict.fromkeys((move.world for move in late), Outcome.CRASHES),
        severity=Severity.ERROR,
        related=[Related(place, "moved here") for place in sorted({move.at for move in late})],
        help="move the model first",
        fix=_fix(node, first, context),
    )


def _fix(node: cst.Call, move: LateMove, context: Context) -> Fix | None:
    """The same move before the optimizer; the one that is there moves nothing any more."""
    statement: cst.CSTNode | None = node
    while statement is not None and not isinstance(statement, cst.SimpleStatementLine):
        statement = context.parent(statement)
    if move.text is None or statement is None:
        return None
    device = move.text.rpartition("(")[2].rstrip(")")
    known = not device or device in context.devices_in_scope(node)
    edit = context.precede(statement, move.text) if known else None
    return None if edit is None else Fix(Safety.UNSAFE, "move the model first", (edit,))
