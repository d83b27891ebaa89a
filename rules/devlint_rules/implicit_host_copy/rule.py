"""Tensors of an accelerator that are handed to libraries which compute on the host."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.host_sinks import Sink, sink
from devlint.rule import Because, Context, Finding, Guard, Iterator, Kind, Outcome, Value, World, escapes
from devlint_rules.implicit_host_copy.repair import repair

_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.EXPORT, Guard.DATA))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    name = context.name(node.func)
    taken = sink(name) if name is not None else None
    if taken is None:
        return
    for argument in _taken(node, taken):
        held = {world: value for world in context.worlds for value in _held(argument, taken, world, context)}
        if held:
            witness, value = next(iter(held.items()))
            what = "a list of tensors that are" if value.elements else "a tensor that is"
            yield context.report(
                argument,
                f"{context.quote(node.func)} of {what} on `{witness.accelerator}` in world `{witness.name}`: "
                + _error(taken, witness),
                worlds=dict.fromkeys(held, Outcome.CRASHES),
                because=value.because,
                related=context.evidence(value, witness),
                help="copy it to the host first",
                fix=repair(argument, context),
            )


def _taken(node: cst.Call, taken: Sink) -> Iterator[cst.BaseExpression]:
    for position, argument in enumerate(node.args):
        if argument.star:
            return
        if argument.keyword is None and taken.takes(position):
            yield argument.value


def _held(argument: cst.BaseExpression, taken: Sink, world: World, context: Context) -> Iterator[Value]:
    """What an argument may be that holds a tensor on the accelerator of a world."""
    for visit in context.visits(argument, world):
        if world.accelerator and escapes(visit, taken.error, silent=_GUARDS):
            for value in visit.value:
                if value.kind in (Kind.LIST, Kind.TUPLE):
                    inner = (part for _, parts in value.elements or () for part in parts)
                    if taken.lists and any(_is_there(part, world) for part in inner):
                        yield value
                elif taken.tensors and _is_there(value, world):
                    yield value


def _is_there(value: Value, world: World) -> bool:
    """Whether a value is a tensor on the accelerator of a world: what a model gives back may also be a record."""
    moved = value.kind is Kind.MOVABLE and value.because is not Because.ROLE
    detached = value.kind is Kind.UNKNOWN and value.attached
    return value.place == world.accelerator and (value.kind is Kind.TENSOR or moved or detached)


def _error(taken: Sink, witness: World) -> str:
    if taken.error == "TypeError":
        return f"TypeError: can't convert {witness.accelerator}:{witness.index} device type tensor to numpy"
    return f"{taken.error}: the tensor has to be on the CPU"
