"""One call that copies a tensor to another device, or to another type."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from devlint.analysis.value import ANYWHERE
from devlint.rule import Because, Choice, Context, Kind, Value, World

_MOVES = frozenset(("to", "cuda", "cpu"))
_CASTS = frozenset("half bfloat16 float double type".split())


@dataclass(frozen=True, slots=True)
class Transfer:
    """``receiver`` is what is copied: something with a name, by which anybody could reach it afterwards."""

    call: cst.Call
    receiver: cst.BaseExpression
    method: str
    context: Context

    @classmethod
    def of(cls, node: cst.BaseExpression, context: Context) -> Transfer | None:
        match node:
            case cst.Call(
                func=cst.Attribute(
                    value=(cst.Name() | cst.Attribute() | cst.Subscript()) as receiver, attr=cst.Name(method)
                )
            ) if method in _MOVES | _CASTS:
                return cls(node, receiver, method, context)
        return None

    def worlds(self) -> list[World]:
        """Worlds in which this would have changed a proven tensor that is read again."""
        held = [world for world in self.context.worlds if len(self._held(world))]
        proven = all(self._held(world).all(_is_proven) for world in held)
        if not proven or not self.context.is_read_again(self.receiver):
            return []
        return [world for world in held if self.casts() or self._moves(world)]

    def because(self) -> Because:
        found = [value.because for world in self.context.worlds for value in self._held(world)]
        return max(found, key=list(Because).index)

    def casts(self) -> bool:
        """Whether this is about a type."""
        given = [self.context.value(argument.value, w) for argument in self.call.args for w in self.context.worlds]
        return self.method in _CASTS or any(value.all(lambda v: v.kind is Kind.DTYPE) for value in given)

    def _held(self, world: World) -> Choice:
        """What is copied, where there is anything: a method of ``None`` is another matter."""
        return self.context.value(self.receiver, world).where(lambda v: v.kind is not Kind.NONE)

    def _moves(self, world: World) -> bool:
        """Whether this may end on another device than it begins; where it begins, nobody has to know."""
        before = {value.place for value in self._held(world)} - {None, ANYWHERE}
        after = {value.place for value in self.context.value(self.call, world) if value.is_data}
        if not after <= {"cpu", world.accelerator}:  # nobody knows where to, or this world does not have it
            return False
        return bool(after - before) if before else world.accelerator is not None


def _is_proven(value: Value) -> bool:
    """Whether this is a tensor for certain: what merely has the methods of one may be a graph or a batch."""
    believed = value.because is Because.BELIEF and value.place == ANYWHERE and value.name != "tested"
    return value.kind is Kind.TENSOR and not believed
