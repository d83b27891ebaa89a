"""One call with its arguments evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from devlint.analysis import lexicon
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.names import last_name
from devlint.analysis.state import State
from devlint.analysis.value import Choice, Kind, Value


@dataclass(slots=True)
class Call:
    """``args`` and ``keywords`` as they are written; ``open`` says that some are hidden behind ``*`` or ``**``."""

    node: ast.Call
    args: list[Choice]
    keywords: dict[str, Choice]
    open: bool
    state: State

    def argument(self, name: str, position: int | None = None) -> Choice | None:
        """What is passed under a name or position; None when nothing is, or it is hidden."""
        if name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.args):
            return self.args[position]
        return None

    def node_of(self, name: str, position: int | None = None) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        if position is not None and position < len(self.node.args):
            return self.node.args[position]
        return None

    def device(self, name: str, position: int | None = None) -> Choice | None:
        """What is passed as a device, less ``None`` where it may be something else."""
        given = self.argument(name, position)
        return given and (given.where(lambda v: v.kind is not Kind.NONE) or given)

    def operands(self) -> Iterator[Value]:
        """Every tensor or module among the arguments, those in lists and tuples included."""
        for choice in (*self.args, *self.keywords.values()):
            for value in choice:
                if value.elements and value.kind in (Kind.LIST, Kind.TUPLE):
                    yield from (part for _, parts in value.elements for part in parts if part.is_data)
                elif value.is_data:
                    yield value


def device_of(ev: Evaluator, value: Value, node: ast.expr | None) -> Value | None:
    """The device that an argument in a device's position stands for; None when it stands for none that is known."""
    if value.is_device or value.kind is Kind.TENSOR:
        return value
    if value.kind is Kind.NUMBER and value.place is not None:
        return value.but(kind=Kind.DEVICE)
    if value.kind is Kind.NUMBER and isinstance(value.const, int) and value.const >= 0:
        return Value(Kind.DEVICE, "cuda", index=value.const, indexed=True, literal=True, origin=node)
    name = last_name(node)
    if value.kind is Kind.NUMBER and ev.run == "cpu":  # a number never means the CPU
        return None
    if value.kind in (Kind.UNKNOWN, Kind.NUMBER) and name and (lexicon.names_device(name) or lexicon.names_index(name)):
        return Value(Kind.SELECTED, ev.run)
    return None
