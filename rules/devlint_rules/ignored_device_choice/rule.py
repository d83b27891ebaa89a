"""Choices of a device that are taken and not followed."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Ignored, Iterator, Outcome, Related, World
from devlint.world import Request
from devlint_rules.ignored_device_choice import overwritten


def check(node: cst.FunctionDef | cst.Call | cst.Assign, context: Context) -> Iterator[Finding]:
    match node:
        case cst.FunctionDef():
            yield from _parameters(node, context)
        case cst.Call(func=cst.Attribute(attr=cst.Name("add_argument"))):
            yield from _option(node, context)
        case cst.Call(func=cst.Attribute()):
            yield from _keyword(node, context)
        case cst.Assign():
            yield from overwritten.check(node, context)


def _parameters(node: cst.FunctionDef, context: Context) -> Iterator[Finding]:
    """Forms: never read, read to be logged only, with or without a device that is written down instead."""
    for ignored in context.ignored_parameters(node):
        parameter = next(found for found in _spelled(node.params) if found.name.value == ignored.name)
        wrong = _against(ignored)
        if wrong:
            yield context.report(
                parameter,
                f"`{ignored.name}` is never read: `{node.name.value}` {_instead(ignored, wrong)}",
                worlds=wrong,
                help=f"compute on `{ignored.name}`",
            )


def _spelled(parameters: cst.Parameters) -> tuple[cst.Param, ...]:
    return (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)


def _option(node: cst.Call, context: Context) -> Iterator[Finding]:
    """An option of the command line that the program never reads."""
    if not any("device" in context.text(argument) for argument in node.args):
        return
    ignored = context.ignored_option(node)
    wrong = _against(ignored) if ignored is not None else {}
    if ignored is not None and wrong:
        yield context.report(
            node,
            f"nothing reads the option `{ignored.name}`: the program {_instead(ignored, wrong)}",
            worlds=wrong,
            help=f"move the model and its inputs to `{ignored.name}`",
        )


def _against(ignored: Ignored) -> dict[World, Outcome]:
    """The worlds that compute on something else than what was asked for."""
    asked = ((world, place) for world, place in ignored.instead.items() if world.accelerator)
    return {
        world: Outcome.WRONG for world, place in asked if world.request is not Request.NONE and place != world.device
    }


def _instead(ignored: Ignored, wrong: dict[World, Outcome]) -> str:
    witness = next(iter(wrong))
    return f"computes on `{ignored.instead[witness]}` in world `{witness.name}`, which asks for `{witness.device}`"


def _keyword(node: cst.Call, context: Context) -> Iterator[Finding]:
    """A device handed to a method that takes it behind `**kwargs` and never looks."""
    for argument in node.args:
        if argument.keyword is None or argument.keyword.value not in ("device", "torch_device"):
            continue
        swallowed = context.swallowed_by(node, argument.keyword.value)
        if swallowed is None:
            continue
        asked = [world for world in context.worlds if world.accelerator and _is_accelerator(argument, world, context)]
        if asked:
            yield context.report(
                argument,
                f"{context.quote(argument)} is never read where the call is answered on the CPU: it disappears in "
                f"`**kwargs`; the choice is ignored in world `{asked[0].name}`",
                worlds=dict.fromkeys(asked, Outcome.WRONG),
                related=[Related(swallowed, "taken here, and never read")],
                help="read it there, and choose where to compute",
            )


def _is_accelerator(argument: cst.Arg, world: World, context: Context) -> bool:
    chosen = context.value(argument.value, world)
    return chosen.any(lambda value: value.is_device and value.place == world.accelerator)
