"""Variables of the environment that are set when they have been read already."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.environment import BY_DRIVER, BY_IMPORT
from devlint.rule import Context, Finding, Guard, Iterator, Outcome, Related, Severity, World


def check(node: cst.Assign | cst.Call, context: Context) -> Iterator[Finding]:
    written = _written(node, context)
    if written is None:
        return
    target, key, value = written
    place = context.read_before(value, key)
    worlds = [world for world in context.worlds if _misses(key, value, world, context)] if place is not None else []
    if place is not None and worlds:
        reader = "CUDA has been initialised" if key in BY_DRIVER else "torch has been imported"
        yield context.report(
            target,
            f"`{key}` is set when {reader}, and is read no more: it changes nothing in world `{worlds[0].name}`",
            worlds=dict.fromkeys(worlds, Outcome.WRONG),
            severity=Severity.ERROR if key in BY_DRIVER else Severity.WARNING,
            related=[Related(place, "read here")],
            help="set it before",
        )


def _written(node: cst.Assign | cst.Call, context: Context) -> tuple[cst.CSTNode, str, cst.BaseExpression] | None:
    """Where a variable that is read once is set, which it is and to what."""
    match node:
        case cst.Assign(
            targets=[
                cst.AssignTarget(
                    target=cst.Subscript(
                        value=environ, slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as text))]
                    )
                )
            ],
            value=value,
        ) if context.name(environ) == "os.environ":
            target: cst.CSTNode = node.targets[0].target
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as text), cst.Arg(value=value)]) if context.name(
            node.func
        ) in ("os.environ.setdefault", "os.putenv"):
            target = node
        case _:
            return None
    key = text.raw_value
    return (target, key, value) if key in BY_DRIVER or key in BY_IMPORT else None


def _misses(key: str, value: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether the value would have changed something in a world."""
    visits = [visit for visit in context.visits(value, world) if Guard.DATA not in visit.guards]
    if not visits:
        return False
    if key in BY_IMPORT:
        return world.accelerator == BY_IMPORT[key]
    hides = all(visit.value.const in ("", "-1") for visit in visits)
    return world.accelerator == "cuda" and (hides or world.count > 1)
