"""Copies of tensors that are made and thrown away."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from devlint.analysis.value import ANYWHERE
from devlint.rule import Because, Choice, Context, Finding, Fix, Iterator, Kind, Outcome, Safety, Value, World

_MOVES = frozenset(("to", "cuda", "cpu"))
_CASTS = frozenset("half bfloat16 float double type".split())


def check(node: cst.Expr, context: Context) -> Iterator[Finding]:
    calls = _calls(node)
    lost = [call for call in calls if _receiver(call) is not None]
    found = {call: worlds for call in lost if (worlds := _worlds(call, context))}
    if not found:
        return
    call, worlds = next(iter(found.items()))
    receiver, witness = _receiver(call), next(iter(worlds))
    assert receiver is not None
    yield context.report(
        node.value,
        f"{context.quote(call)} returns a copy that is thrown away: {context.quote(receiver)} stays what it was in "
        f"world `{witness.name}`",
        worlds=worlds,
        because=_because(receiver, context),
        help="a module moves in place, a tensor does not: assign the result",
        fix=_fix(node, calls, proven=len(found) == len(calls), context=context),
    )


def _calls(node: cst.Expr) -> Sequence[cst.BaseExpression]:
    """The expression of a statement, or those of a tuple that nobody takes."""
    if isinstance(node.value, cst.Tuple):
        return [element.value for element in node.value.elements]
    return [node.value]


def _receiver(call: cst.BaseExpression) -> cst.BaseExpression | None:
    """What a transfer is called on, if it has a name by which anybody could reach it afterwards."""
    match call:
        case cst.Call(
            func=cst.Attribute(value=(cst.Name() | cst.Attribute() | cst.Subscript()) as receiver, attr=method)
        ) if method.value in _MOVES | _CASTS:
            return receiver
    return None


def _worlds(call: cst.BaseExpression, context: Context) -> dict[World, Outcome]:
    """Worlds in which a transfer of a proven tensor would have changed something that is read again."""
    receiver = _receiver(call)
    assert receiver is not None
    held = {world: value for world in context.worlds if len(value := context.value(receiver, world))}
    if not all(_some(value).all(_is_proven) for value in held.values()) or not context.is_read_again(receiver):
        return {}
    return {world: Outcome.WRONG for world in held if _casts(call, world, context) or _moves(call, world, context)}


def _some(value: Choice) -> Choice:
    """A value where there is one: a method of ``None`` is another matter."""
    return value.where(lambda v: v.kind is not Kind.NONE)


def _is_proven(value: Value) -> bool:
    """Whether this is a tensor for certain: what merely has the methods of one may be a graph or a batch."""
    believed = value.because is Because.BELIEF and value.place == ANYWHERE and value.name != "tested"
    return value.kind is Kind.TENSOR and not believed


def _casts(call: cst.BaseExpression, world: World, context: Context) -> bool:
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(method)), args=args):
            given = [context.value(argument.value, world) for argument in args]
            return method in _CASTS or any(value.all(lambda v: v.kind is Kind.DTYPE) for value in given)
    return False


def _moves(call: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether a transfer may end on another device than it begins; where it begins, nobody has to know."""
    receiver = _receiver(call)
    assert receiver is not None
    before = {value.place for value in _some(context.value(receiver, world))}
    after = {value.place for value in context.value(call, world) if value.is_data}
    if not after <= {"cpu", world.accelerator}:  # nobody knows where to, or this world does not have it
        return False
    known = before - {None, ANYWHERE}
    return bool(after - known) if known else world.accelerator is not None


def _because(receiver: cst.BaseExpression, context: Context) -> Because:
    found = [value.because for world in context.worlds for value in context.value(receiver, world)]
    return max(found, key=list(Because).index)


def _fix(node: cst.Expr, calls: Sequence[cst.BaseExpression], *, proven: bool, context: Context) -> Fix | None:
    """Assign what is made: safe for names of the function that hold tensors, where only the device changes."""
    receivers = [receiver for call in calls if (receiver := _receiver(call)) is not None]
    if len(receivers) < len(calls) or (isinstance(node.value, cst.Tuple) and node.value.lpar):
        return None
    local = all(map(context.is_local, receivers))
    casts = any(_casts(call, world, context) for call in calls for world in context.worlds)
    targets = ", ".join(map(context.text, receivers))
    safety = Safety.SAFE if proven and local and not casts else Safety.UNSAFE
    made = ", ".join(map(context.text, calls))  # without the comma of a tuple of one
    return Fix(safety, f"assign to `{targets}`", (context.replace(node.value, f"{targets} = {made}"),))
