"""Devices that are the default of a parameter or an option, and that some world does not have."""

from __future__ import annotations

import re
from collections.abc import Collection

import libcst as cst

from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    Outcome,
    Place,
    Related,
    Safety,
    World,
    escapes,
)

_ACCELERATOR = re.compile(r"(cuda|mps|xpu|npu)(:\d+)?")


def check(node: cst.Param | cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Param(name=cst.Name(value=name), default=cst.BaseExpression() as default):
            left = context.left_to_default(default, _missing(default, context))
            if left:
                calls = sorted({call for found in left.values() for call in found})
                yield _finding(node, default, name, left, calls, context)
        case cst.Call(func=cst.Attribute(attr=cst.Name("add_argument")), args=[cst.Arg(value=flag), *_]):
            given = context.argument(node, "default")
            missing = _missing(given, context) if isinstance(given, cst.BaseExpression) else ()
            bad = [world for world in missing if _is_asked(node, world, context)]
            if bad and isinstance(given, cst.BaseExpression):
                yield _finding(node, given, context.text(flag).strip("\"'"), bad, (), context)


def _missing(default: cst.BaseExpression, context: Context) -> list[World]:
    """The worlds that do not have the device that is written down."""
    device = _written(default, context)
    return [world for world in context.worlds if device is not None and not world.has(device)]


def _written(default: cst.BaseExpression, context: Context) -> str | None:
    """The type of an accelerator, as text or as a device."""
    match default:
        case cst.SimpleString() if isinstance(text := default.evaluated_value, str):
            found = _ACCELERATOR.fullmatch(text)
            return found[1] if found is not None else None
        case cst.Call(func=function, args=[cst.Arg(value=kind), *_]) if context.name(function) == "torch.device":
            return _written(kind, context)
    return None


def _is_asked(option: cst.Call, world: World, context: Context) -> bool:
    """Whether an option counts in a world, in a program that uses it and has no idea of what there is."""
    if context.asks_hardware() or context.ignored_option(option) is not None:
        return False
    guards = HARDWARE_GUARDS | {Guard.DATA}
    return any(escapes(visit, world.missing, silent=guards) for visit in context.visits(option, world))


def _finding(
    node: cst.Param | cst.Call,
    default: cst.BaseExpression,
    name: str,
    bad: Collection[World],
    calls: Collection[Place],
    context: Context,
) -> Finding:
    world = next(iter(bad))
    error = f"{world.missing}: {world.complaint}" if _written(default, context) == "cuda" else "RuntimeError"
    return context.report(
        node,
        f"`{name}` is {context.quote(default)} by default, which world `{world.name}` does not have: {error}",
        worlds=dict.fromkeys(bad, Outcome.CRASHES),
        related=[Related(call, "left to its default here") for call in calls],
        help="choose by what there is",
        fix=_fix(default, context),
        pedantic=isinstance(node, cst.Call),  # who starts the program sees its options, and may be told elsewhere
    )


def _fix(default: cst.BaseExpression, context: Context) -> Fix | None:
    available = context.spelling("torch.cuda.is_available")
    match default:
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as text)]) | (cst.SimpleString() as text):
            known = available is not None and context.is_imported_before(available.partition(".")[0], text)
            if known and _written(text, context) == "cuda":
                choice = f"{text.value} if {available}() else {text.quote}cpu{text.quote}"
                return Fix(Safety.UNSAFE, "choose by availability", (context.replace(text, choice),))
    return None
