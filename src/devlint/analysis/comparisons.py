"""What comparisons come to, where devices are compared above all."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from devlint.analysis import halves, lexicon, torch_facts
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.literals import device_text
from devlint.analysis.mixtures import meet
from devlint.analysis.names import last_name
from devlint.analysis.operators import binary
from devlint.analysis.state import State
from devlint.analysis.value import ANYWHERE, BOOL, MISSING, Choice, Kind, Value, constant
from devlint.world import BACKENDS

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def _compare(ev: Evaluator, node: ast.Compare, state: State) -> Choice:
    left = ev.evaluate(node.left, state)
    rights = [ev.evaluate(comparator, state) for comparator in node.comparators]
    if len(rights) != 1:
        return BOOL
    op, right = node.ops[0], rights[0]
    if left.any(_is_tensor) or right.any(_is_tensor):
        return _tensor_comparison(ev, op, left, right, node, state)
    if left.any(_is_device) or right.any(_is_device):
        ev.runs.ask("ordinal")

    def pair(a: Value, b: Value) -> Choice:
        result = _pair(ev, op, a, b, node)
        return BOOL if result is None else halves.carried(constant(result), a, b)

    return left.flat_map(lambda a: right.flat_map(lambda b: pair(a, b)))


def _is_device(value: Value) -> bool:
    return value.is_device


def _is_tensor(value: Value) -> bool:
    return value.kind is Kind.TENSOR


def _tensor_comparison(
    ev: Evaluator, op: ast.cmpop, left: Choice, right: Choice, node: ast.Compare, state: State
) -> Choice:
    if isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
        return BOOL
    sides = [*((value, node.left) for value in left), *((value, node.comparators[0]) for value in right)]
    meet(ev, node, sides, state)
    return binary(ast.Add(), left, right, node, state)


def _pair(ev: Evaluator, op: ast.cmpop, a: Value, b: Value, node: ast.Compare) -> bool | None:
    if isinstance(op, (ast.Eq, ast.Is)):
        return _equal(ev, a, b, node)
    if isinstance(op, (ast.NotEq, ast.IsNot)):
        same = _equal(ev, a, b, node)
        return None if same is None else not same
    if isinstance(op, ast.In):
        return _contains(ev, a, b, node)
    if isinstance(op, ast.NotIn):
        found = _contains(ev, a, b, node)
        return None if found is None else not found
    return _ordered(ev, op, a, b, node)


def _equal(ev: Evaluator, a: Value, b: Value, node: ast.Compare) -> bool | None:
    if a.const is not MISSING and b.const is not MISSING:
        return bool(a.const == b.const)
    for one, other, expression in ((a, b, node.left), (b, a, node.comparators[0])):
        if (chosen := _names_backend(ev, one, other, expression)) is not None:
            return chosen
        if other.kind is Kind.NONE:
            return _is_none(one)
        if other.kind is Kind.STR and isinstance(other.const, str) and other.place is not None:
            return _names_device(ev, one, other, expression)
    if a.is_device and b.is_device:
        return _same_device(ev, a.place, b.place)
    return None


def _names_backend(ev: Evaluator, value: Value, text: Value, expression: ast.expr) -> bool | None:
    """``backend == "openvino"``: true where that backend was chosen, and false for every other one there."""
    if value.kind not in (Kind.UNKNOWN, Kind.STR, Kind.LIBRARY) or not isinstance(text.const, str):
        return None
    if not lexicon.names_backend(last_name(expression) or ""):
        return None
    ev.runs.ask("backend")
    name = text.const.lower()
    if name in BACKENDS or (ev.world.backend is not None and name in torch_facts.BACKENDS):
        return name == ev.world.backend
    return None


def _same_device(ev: Evaluator, a: str | None, b: str | None) -> bool | None:
    """Whether two devices may be equal, by their types; one the world lacks equals nothing that is there."""
    if a is None or b is None:
        return None
    if ANYWHERE in (a, b):
        absent = any(place != ANYWHERE and not ev.has(place) for place in (a, b))
        return False if absent else None
    return False if a != b else None


#: kinds that are never ``None``
_SOMETHING = (Kind.DEVICE, Kind.MODULE, Kind.FUNCTION, Kind.CLASS, Kind.DTYPE, Kind.LIST, Kind.DICT, Kind.TUPLE)


def _is_none(value: Value) -> bool | None:
    if value.kind is Kind.NONE:
        return True
    if value.kind is Kind.SELECTED and value.name == "chosen":
        return False
    return False if value.kind in _SOMETHING or value.const is not MISSING else None


def _names_device(ev: Evaluator, value: Value, text: Value, expression: ast.expr) -> bool | None:
    """``value == "cuda"``."""
    if value.kind is Kind.DEVICE:
        return False  # a torch.device never equals text
    place = value.place
    if place is None and value.kind in (Kind.UNKNOWN, Kind.STR):
        name = last_name(expression)
        if name is not None and lexicon.names_device(name):
            place = ev.run
        else:
            return None if text.place is None or ev.has(text.place) or text.place == "meta" else False
    if place == ANYWHERE:
        return None if ev.has(text.place or "") else False
    if place is None:
        return None
    if place != text.place:
        return False
    if value.kind is Kind.SELECTED and value.indexed is None:
        return True if not text.indexed else None
    return value.indexed == text.indexed and value.index == text.index if value.indexed is not None else True


def _contains(ev: Evaluator, item: Value, container: Value, node: ast.Compare) -> bool | None:
    """``"cuda" in device`` as text, ``device in ("cuda", "mps")``."""
    if isinstance(item.const, str) and (device := device_text(item.const)) is not None:
        wanted = device[0]
        if container.is_device and container.place not in (None, ANYWHERE):
            return container.place == wanted if device[1] is None else None
        if container.kind in (Kind.UNKNOWN, Kind.STR, Kind.DTYPE) or container.place == ANYWHERE:
            if isinstance(container.const, str):
                return item.const in container.const
            return None if ev.has(wanted) else False
    if container.kind in (Kind.TUPLE, Kind.LIST) and container.elements is not None:
        parts = [part.only for key, part in container.elements if key is not None]
        found = [_equal(ev, item, part, node) for part in parts]
        if True in found:
            return True
        if parts and all(part.const is not MISSING for part in parts) and None not in found:
            return False
    return None


def _ordered(ev: Evaluator, op: ast.cmpop, a: Value, b: Value, node: ast.Compare) -> bool | None:
    numbers = (int, float)
    if isinstance(a.const, numbers) and isinstance(b.const, numbers):
        return _ORDER[type(op)](a.const, b.const)
    name = last_name(node.left)
    if name is None or not isinstance(op, (ast.Gt, ast.GtE)) or a.kind not in (Kind.UNKNOWN, Kind.NUMBER):
        return None
    if lexicon.polarity(name) > 0 and isinstance(b.const, numbers) and ev.request(name) is False:
        return False  # ``if n_gpu > 0`` where none is requested
    return None


EXPRESSIONS: Expressions = {ast.Compare: _compare}
