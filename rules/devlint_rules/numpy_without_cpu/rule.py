"""`.numpy()` on tensors that live on an accelerator."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.value import ANYWHERE
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Outcome, Safety, Value, World, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.EXPORT, Guard.DATA))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("numpy") as method), args=[]):
            pass
        case _:
            return
    held = [(world, value) for world in context.worlds for value in _held(receiver, world, context)]
    known = {world: value for world, value in held if value.place != ANYWHERE}
    found = known or dict(held)
    if found:
        witness, value = next(iter(found.items()))
        there = "is" if known else "may be"
        yield context.report(
            node,
            f"`.numpy()` on a tensor that {there} on `{witness.accelerator}` in world `{witness.name}`: "
            f"TypeError: can't convert {witness.accelerator}:{witness.index} device type tensor to numpy",
            worlds=dict.fromkeys(found, Outcome.CRASHES),
            because=value.because,
            related=context.evidence(value, witness),
            help="copy it to the host first",
            fix=Fix(Safety.SAFE, "insert `.cpu()`", (context.insert_before(method, "cpu()."),)),
            pedantic=not known,
        )


def _held(receiver: cst.BaseExpression, world: World, context: Context) -> Iterator[Value]:
    """What the receiver may be that is on the accelerator of a world, or may be anywhere."""
    for visit in context.visits(receiver, world):
        if world.accelerator and escapes(visit, "TypeError", silent=_GUARDS):
            for value in visit.value:
                anywhere = value.place == ANYWHERE and world.device != "cpu"
                if (value.place == world.accelerator or anywhere) and (value.is_data or value.attached):
                    yield value
