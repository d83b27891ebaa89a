"""What holds at one point of a program in one world, and how paths meet."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devlint.analysis.answer import Guard
from devlint.analysis.value import Choice, Condition, Value, join

if TYPE_CHECKING:
    import ast

#: paths that hold a device, each with the types it may be
Devices = dict[str, frozenset[str]]

_bindings = itertools.count(1)


@dataclass(slots=True)
class State:
    """Values by path (``x``, ``self.model``, ``batch[0]``), the guards that were passed, the exceptions handled around,
    and the undecided conditions that are taken for true or false on this path."""

    values: dict[str, Choice]
    guards: frozenset[Guard] = frozenset()
    caught: frozenset[str] = frozenset()
    facts: dict[str, bool] = field(default_factory=dict)
    #: paths that may hold a device, the most recently bound last
    devices: tuple[str, ...] = ()
    #: where the choices of half precision were written down that are taken for true on this path
    halves: frozenset[ast.expr] = frozenset()
    #: whether an expression was evaluated that control does not get past
    ended: bool = False

    @classmethod
    def entry(cls, bound: dict[str, Choice], guards: frozenset[Guard]) -> State:
        """The state at the start of a body, with its parameters bound."""
        return cls(bound, guards, devices=tuple(path for path, value in bound.items() if value.any(_is_device)))

    def copy(self) -> State:
        facts = dict(self.facts)
        return State(dict(self.values), self.guards, self.caught, facts, self.devices, self.halves, self.ended)

    def get(self, path: str) -> Choice | None:
        """What a path holds, less the alternatives that contradict this path's conditions."""
        found = self.values.get(path)
        if found is None or not self.facts or not any(value.when for value in found):
            return found
        possible = found.where(lambda value: all(self.facts.get(key, side) == side for key, side in value.when))
        return possible if len(possible) else found

    def set(self, path: str, value: Choice) -> None:
        """Store a value; what was known of its parts, and of items under it, no longer holds."""
        self.values[path] = Choice(*value, binding=next(_bindings))
        if path in self.devices:
            self.devices = tuple(device for device in self.devices if device != path)
        if "[" not in path and value.any(_is_device):
            self.devices = (*self.devices, path)
        parts, key, keys = (path + ".", path + "["), f"[{path}]", f"[{path}."
        for known in [known for known in self.values if known.startswith(parts) or key in known or keys in known]:
            del self.values[known]

    def narrow(self, path: str, value: Choice) -> None:
        """Know more about what a path holds, without binding it anew."""
        known = self.values.get(path)
        self.values[path] = Choice(*value, binding=known.binding if known is not None else 0)

    def devices_held(self) -> Devices:
        """Paths that hold a device, with the types it may be, the most recently bound first."""
        held = ((path, places(self.get(path) or Choice())) for path in reversed(self.devices))
        return {path: found for path, found in held if found}

    def assume(self, key: str, side: bool) -> None:
        self.facts[key] = side


def _is_device(value: Value) -> bool:
    return value.is_device


def places(value: Choice) -> frozenset[str]:
    """The device types that a value may be; empty for what may be no device, or an unknown one."""
    return frozenset(one.place or "" for one in value) if value.all(_is_device) else frozenset()


def merge(first: State | None, second: State | None) -> State | None:
    """The state after two paths meet; None is a path that does not come through, and an ended one does not either."""
    if first is None or first is second or (first.ended and second is not None):
        return second
    if second is None or second.ended:
        return first
    values = {
        path: value for path, value in first.values.items() if path in second.values or not _narrowed(path, value)
    }
    for path, value in second.values.items():
        known = values.get(path)
        if known is not None:
            values[path] = value if known is value else joined(known, first, value, second)
        elif not _narrowed(path, value):
            values[path] = value
    facts = {key: side for key, side in first.facts.items() if second.facts.get(key) is side}
    devices = tuple(path for path in first.devices if path in second.devices)
    guards, caught = first.guards & second.guards, first.caught & second.caught
    return State(values, guards, caught, facts, devices, first.halves & second.halves)


def _narrowed(path: str, value: Choice) -> bool:
    """Whether a path was never bound, and is only known for what a condition said of it on its side."""
    return value.binding == 0 and ("." in path or "[" in path)


def joined(one: Choice, first: State, two: Choice, second: State) -> Choice:
    """Join what two paths made, each side remembering the conditions on which only its path relied."""
    both = join(_tagged(one, first, second), _tagged(two, second, first))
    return Choice(*both, binding=one.binding if one.binding == two.binding else next(_bindings))


def _tagged(choice: Choice, own: State, other: State) -> Choice:
    relied: frozenset[Condition] = frozenset(
        (key, side) for key, side in own.facts.items() if other.facts.get(key) is not side
    )
    if not relied:
        return choice
    return Choice(*(value.but(when=value.when | relied) for value in choice))
