"""Literals, and the text that names a device."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from devlint.analysis import device_api, torch_facts
from devlint.analysis.answer import HARDWARE_GUARDS
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.state import State
from devlint.analysis.value import STR, Choice, Kind, Value, constant

_DEVICE_TEXT = re.compile(r"([a-z]+)(?::(\d+))?")


@lru_cache(maxsize=8192)
def device_text(text: str) -> tuple[str, int | None] | None:
    """``"cuda:1"`` as device type and index; None for text that names no device."""
    match = _DEVICE_TEXT.fullmatch(text)
    if match is None or match[1] not in torch_facts.DEVICE_TYPES:
        return None
    return match[1], int(match[2]) if match[2] else None


def literal(value: object, node: ast.AST, state: State) -> Choice:
    """A literal; text that names a device stands for that device."""
    device = device_text(value) if isinstance(value, str) else None
    if device is None:
        refused = isinstance(value, str) and device_api.is_refused(value)
        return constant(value).map(lambda v: v.but(origin=node)) if refused else constant(value)
    place, index = device
    named = Value(Kind.STR, place, value, index=index, indexed=index is not None)
    return Choice(named.but(literal=fixed(place, state), origin=node))


def fixed(place: str, state: State) -> bool:
    """Whether a device that is written here is chosen for good, not behind a guard of the hardware."""
    return place != "cpu" and not state.guards & HARDWARE_GUARDS


def _constant(ev: Evaluator, node: ast.Constant, state: State) -> Choice:
    return literal(node.value, node, state)


def _joined_string(ev: Evaluator, node: ast.JoinedStr, state: State) -> Choice:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            ev.evaluate(part.value, state)
    match node.values:
        case [ast.Constant(value=str(prefix)), ast.FormattedValue()] if device_text(prefix.rstrip(":")):
            place = prefix.rstrip(":")
            return Choice(Value(Kind.STR, place, indexed=True, literal=fixed(place, state), origin=node))
        case [ast.FormattedValue(value=inner), *_]:
            found = ev.peek(inner, state).only
            if found.is_device:
                return Choice(Value(Kind.STR, found.place, indexed=len(node.values) > 1 or found.indexed))
    return STR


EXPRESSIONS: Expressions = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined_string,
}
