"""`.numpy()` on tensors that live on an accelerator."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.value import ANYWHERE
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Outcome, Related, Safety, Value, World, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.DATA))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("numpy") as method), args=[]):
            found = {world: value for world in context.worlds for value in _on_accelerator(receiver, world, context)}
        case _:
            return
    if found:
        witness, value = next(iter(found.items()))
        origin = context.origin(value)
        chosen = () if origin is None else (Related(context.place(origin), f"chosen here in world `{witness.name}`"),)
        yield context.report(
            node,
            f"`.numpy()` on a tensor that is on `{witness.accelerator}` in world `{witness.name}`: "
            f"TypeError: can't convert {witness.accelerator}:{witness.index} device type tensor to numpy",
            worlds=dict.fromkeys(found, Outcome.CRASHES),
            because=value.because,
            related=chosen,
            help="copy it to the host first",
            fix=Fix(Safety.SAFE, "insert `.cpu()`", (context.insert_before(method, "cpu()."),)),
        )


def _on_accelerator(receiver: cst.BaseExpression, world: World, context: Context) -> Iterator[Value]:
    """What the receiver may be that is, or may be, on the accelerator of a world."""
    for visit in context.visits(receiver, world):
        if escapes(visit, "TypeError", silent=_GUARDS):
            for value in visit.value:
                here = value.place == world.accelerator or (value.place == ANYWHERE and world.device != "cpu")
                if world.accelerator and here and (value.is_data or value.attached):
                    yield value
