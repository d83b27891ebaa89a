"""Binding targets to values, and what iterating over a value gives."""

from __future__ import annotations

import ast

from devlint.analysis import lexicon, library_facts
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.expressions import element, subscript
from devlint.analysis.names import item_of, last_name, path_of
from devlint.analysis.objects import store_field
from devlint.analysis.state import State
from devlint.analysis.value import UNKNOWN, Choice, Kind, Value, constant
from devlint.finding import Because

#: containers that give back what was put into them, where it is
_KEEPERS = (Kind.DICT, Kind.LIST)


def assign(ev: Evaluator, target: ast.expr, value: Choice, state: State, *, split: bool = False) -> None:
    """Bind a target to a value; ``split``: to one of the parts of some data."""
    match target:
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            split = any(isinstance(part, ast.Name) and part.id in lexicon.PARTS for part in targets)
            for number, part in enumerate(targets):
                inner = part.value if isinstance(part, ast.Starred) else part
                held = UNKNOWN if part is not inner else unpacked(ev, value, number)
                assign(ev, inner, held, state, split=split)
        case ast.Name(id=name):
            state.set(name, ev.copied(target, value if split else _as_named(ev, name, value)))
        case ast.Attribute():
            ev.evaluate(target.value, state)
            if target.attr != "data":
                _assign_attribute(ev, target, value, state)
        case ast.Subscript():
            held = ev.evaluate(target.value, state)
            ev.evaluate(target.slice, state)
            path = path_of(target) or (item_of(target) if held.all(lambda v: v.kind in _KEEPERS) else None)
            if path is not None:
                state.set(path, value)


def _as_named(ev: Evaluator, name: str, value: Choice) -> Choice:
    """What nobody knows, bound to a name that means a device, is the run's device: correct code agrees with itself."""
    unknown = value.all(lambda v: v.kind is Kind.UNKNOWN and not v.attached)
    return ev.selected() if unknown and lexicon.names_device(name) else value


def unpacked(ev: Evaluator, value: Choice, number: int) -> Choice:
    """The part of a value that an unpacking target gets."""

    def part(one: Value) -> Choice:
        if one.kind in (Kind.TUPLE, Kind.LIST):
            return subscript(ev, one, number)
        return element(ev, one, None)

    return value.flat_map(part)


def _assign_attribute(ev: Evaluator, target: ast.Attribute, value: Choice, state: State) -> None:
    path, value = path_of(target), _as_named(ev, target.attr, value)
    if path is None:
        return
    whole = path_of(target.value)
    mocked = value.all(lambda v: v.is_mock)
    if mocked and whole in state.values and state.values[whole].all(lambda v: v.kind is Kind.TENSOR):
        state.set(whole, value)  # what has a method that does nothing stands in for a tensor
        return
    own = path == f"{ev.self_name}.{target.attr}"
    if own:  # what is added to a list is found where the list is bound
        value = value.map(lambda v: v.but(origin=target) if v.kind is Kind.LIST else v)
    state.set(path, value)
    if own:
        store_field(ev, target.attr, value, target)
        if lexicon.names_device(target.attr):  # an attribute named device is what others place by
            for one in value:
                if one.literal:
                    ev.put(target, one, state)


def iterated(ev: Evaluator, iterable: Choice, node: ast.expr) -> Choice:
    """What a loop variable holds."""
    if _is_loader(node) and iterable.all(lambda v: v.kind is Kind.UNKNOWN):
        return Choice(Value(Kind.BATCH, "cpu", because=Because.ROLE))
    return iterable.flat_map(lambda value: Choice() if value.elements == () else element(ev, value, node)) or UNKNOWN


def first_iterated(ev: Evaluator, iterable: Choice, node: ast.expr) -> Choice:
    """What a loop variable holds the first time: what counts the trips holds 0."""
    item = iterated(ev, iterable, node)
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[_]):
            return constant(0)
        case ast.Call(func=ast.Name(id="enumerate"), args=[_]) if item.only.elements:
            (_, _), *rest = item.only.elements or ()
            return item.map(lambda v: v.but(elements=((0, constant(0)), *rest)))
    return item


def _is_loader(node: ast.expr) -> bool:
    """Whether a ``for`` runs over something named like a data loader."""
    while isinstance(node, ast.Call) and node.args and last_name(node.func) in library_facts.ITERATION_WRAPPERS:
        node = node.args[0]
    return lexicon.names_loader(last_name(node) or "")
