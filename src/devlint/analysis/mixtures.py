"""Tensors on different devices that meet in one operation: what torch refuses to compute.

A meeting needs proof on both sides: a tensor that is on the CPU because it was made, read or copied there, and one that
came into a module, out of a module, or was moved. A tensor parameter that nobody has placed may be anywhere; it meets
new tensors only, in files that elsewhere follow the device of a tensor, which says that it is not always the CPU.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from devlint.analysis import torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.call import Call
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.state import State
from devlint.analysis.trace import Meeting
from devlint.analysis.value import ANYWHERE, Choice, Kind, Provenance, Value
from devlint.finding import Because

Operand = tuple[Value, ast.AST | None]

_ON_HOST = frozenset((Provenance.FACTORY, Provenance.READ, Provenance.HOST))


def operands(call: Call) -> Iterator[Operand]:
    """The tensors that a call is given, with the expressions that say them; those in lists and tuples included."""
    nodes = [*call.node.args, *(keyword.value for keyword in call.node.keywords if keyword.arg is not None)]
    for choice, node in zip((*call.args, *call.keywords.values()), nodes, strict=False):
        for value in choice:
            if value.elements and value.kind in (Kind.LIST, Kind.TUPLE):
                yield from ((part, None) for _, parts in value.elements for part in parts)
            else:
                yield value, node


def meet(ev: Evaluator, at: ast.AST, found: Iterable[Operand], state: State) -> None:
    """Record the tensors on the CPU that meet tensors elsewhere in one operation."""
    if ev.trace is None or ev.world.accelerator is None:
        return
    tensors = [(value, node) for value, node in found if value.kind in (Kind.TENSOR, Kind.MOVABLE, Kind.BATCH)]
    for host, side in tensors:
        if host.scalar is not False and host.kind is not Kind.BATCH:
            continue
        others = [
            (value, node)
            for value, node in tensors
            if _is_elsewhere(ev, value, host) and (value.place != ANYWHERE or _are_apart(tensors, side, node))
        ]
        _record(ev, at, host, others, state)


def _are_apart(tensors: list[Operand], host: ast.AST | None, other: ast.AST | None) -> bool:
    """Whether one operand is surely on the CPU and another never: what each may be besides may depend on the other."""
    on_host = all(value.place == "cpu" for value, node in tensors if node is host)
    return on_host and all(value.place == ANYWHERE for value, node in tensors if node is other)


def meet_index(ev: Evaluator, at: ast.Subscript, base: Choice, index: Choice, state: State) -> None:
    """Record a tensor on the CPU that is read by an index elsewhere; the other way round torch copies the index."""
    if isinstance(at.ctx, ast.Load) and index.any(lambda v: v.is_data):
        known = [(value, None) for value in index if value.place != ANYWHERE and value.scalar is not True]
        meet(ev, at, [*((value, at.value) for value in base if value.place == "cpu"), *known], state)


def meet_module(ev: Evaluator, module: Value, call: Call) -> None:
    """Record the tensors on the CPU that are given to a module elsewhere."""
    if ev.trace is None or module.place != ev.world.accelerator or not _has_weights(module):
        return
    for host, _ in operands(call):
        if host.kind in (Kind.TENSOR, Kind.MOVABLE, Kind.BATCH):
            _record(ev, call.node, host, [(module, call.node.func)], call.state)


def _record(ev: Evaluator, at: ast.AST, host: Value, others: Iterable[Operand], state: State) -> None:
    if not _is_on_host(ev, host):
        return
    for other, node in others:
        if not _contradict(host, other):
            assert ev.trace is not None
            ev.trace.meetings.append(Meeting(at, host, other, node, state.guards, state.caught, bool(ev.inlined)))
            return


def _is_on_host(ev: Evaluator, value: Value) -> bool:
    """Whether a value is on the CPU for a known reason, on a path that no undecided question about devices chose."""
    undecided = any(Guard.DEVICE in ev.guards_of.get(key, frozenset()) for key, _ in value.when)
    return value.place == "cpu" and value.provenance in _ON_HOST and not undecided


def _is_elsewhere(ev: Evaluator, value: Value, host: Value) -> bool:
    if value.place == ANYWHERE:  # where it was moved may be where the new tensor is
        return (
            ev.run != "cpu"
            and not ev.inlined  # whoever calls has both sides in hand
            and value.kind is Kind.TENSOR
            and value.provenance is None
            and host.provenance is Provenance.FACTORY
            and not host.when
            and (ev.program.follows_tensors or _in_module(ev))
        )
    known = value.provenance is not None and value.because is not Because.BELIEF
    return known and value.place is not None and value.place == ev.world.accelerator


def _in_module(ev: Evaluator) -> bool:
    """Whether a method of a module is looked at: its tensors live where the module does."""
    subject = ev.subjects.get(ev.frame.owner) if ev.frame.owner is not None else None
    return subject is not None and subject.module


def _has_weights(module: Value) -> bool:
    """Whether calling a module brings its weights and its inputs together: one of torch's that has weights, or one that
    was moved and whose class is out of sight."""
    if module.subject is not None:
        return False
    if module.name is None:
        return module.provenance is Provenance.MOVED
    return module.name.startswith(torch_facts.WEIGHTED) or module.name.endswith("Cell")


def _contradict(one: Value, other: Value) -> bool:
    """Whether two values come from different sides of one condition."""
    return any((key, not side) in other.when for key, side in one.when)
