"""Copies to the host that do not block, and that somebody reads at once."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.value import ANYWHERE
from devlint.rule import Context, Finding, Fix, Iterator, Kind, Outcome, Related, Safety, World

_MOVED = (Kind.TENSOR, Kind.MOVABLE, Kind.UNKNOWN)


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("to"))):
            pass
        case _:
            return
    target = context.argument(node, "device", 0)
    unwaited = [argument for argument in node.args if argument.keyword and argument.keyword.value == "non_blocking"]
    if not isinstance(target, cst.BaseExpression) or not unwaited:
        return
    stale = {
        world: read
        for world in context.worlds
        if _leaves_device(receiver, target, unwaited[0].value, world, context)
        and (read := context.early_read(node, str(world.accelerator))) is not None
    }
    if stale:
        witness, read = next(iter(stale.items()))
        yield context.report(
            node,
            f"{context.quote(node)} does not wait for `{witness.accelerator}` in world `{witness.name}`, and nothing "
            "does before it is read: it holds what was in that memory",
            worlds=dict.fromkeys(stale, Outcome.WRONG),
            related=(Related(read, "read here"),),
            help="let the copy block, or synchronize before the first reading",
            fix=Fix(Safety.SAFE, "let the copy block", (context.remove_argument(node, unwaited[0]),)),
        )


def _leaves_device(
    receiver: cst.BaseExpression, target: cst.BaseExpression, flag: cst.BaseExpression, world: World, context: Context
) -> bool:
    """Whether something of the accelerator is copied to the host in a world without waiting. Nobody says so of what is
    on the host by any chance: what is unknown is on the accelerator where that is computed on."""
    if world.accelerator is None or context.value(flag, world).const is not True:
        return False
    places = {None, ANYWHERE, world.accelerator} if world.device == world.accelerator else {world.accelerator}
    on_host = context.value(target, world).all(lambda v: v.is_device and v.place == "cpu")
    return on_host and any(value.kind in _MOVED and value.place in places for value in context.value(receiver, world))
