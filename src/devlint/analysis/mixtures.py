"""Tensors on different devices that meet in one operation: what torch refuses to compute.

A meeting needs proof on both sides: a tensor that is on the CPU because it was made, read or copied there, and one that
came into a module, out of a module, or was moved. A tensor parameter that nobody has placed may be anywhere; it meets
new tensors only, in files that elsewhere follow the device of a tensor, which says that it is not always the CPU.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from devlint.analysis import lexicon, ranks, syntax, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.call import Call
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.names import last_name
from devlint.analysis.state import State
from devlint.analysis.trace import Meeting
from devlint.analysis.value import ANYWHERE, Choice, Kind, Provenance, Value
from devlint.finding import Because

Operand = tuple[Value, ast.AST | None]

_ON_HOST = frozenset((Provenance.FACTORY, Provenance.BUILT, Provenance.STORED, Provenance.READ, Provenance.HOST))
#: of a tensor that may be anywhere and a new one: how their places are known. One that was made where another is was
#: made to be there; what is kept on the CPU is not
_FOLLOWED = (
    (None, Provenance.FACTORY),
    (None, Provenance.STORED),
    (Provenance.MOVED, Provenance.STORED),
)


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
    if ev.trace is None:
        return
    tensors = [(value, node) for value, node in found if value.kind in (Kind.TENSOR, Kind.MOVABLE, Kind.BATCH)]
    for host, side in tensors:
        if host.scalar is not False and host.kind is not Kind.BATCH:
            continue
        others = [
            (value, node)
            for value, node in tensors
            if (node is None or node is not side)  # what one operand may be besides is no other operand
            and _is_elsewhere(ev, value, host)
            and (value.place != ANYWHERE or _are_apart(tensors, side, node))
        ]
        _record(ev, at, host, others, state)


def _are_apart(tensors: list[Operand], host: ast.AST | None, other: ast.AST | None) -> bool:
    """Whether one operand is surely on the CPU and another never: what each may be besides may depend on the other."""
    on_host = all(value.place == "cpu" for value, node in tensors if node is host)
    return on_host and all(value.place == ANYWHERE for value, node in tensors if node is other)


def meet_index(ev: Evaluator, at: ast.Subscript, base: Choice, index: Choice, state: State) -> None:
    """Record a tensor on the CPU that is read by an index elsewhere, unless that is a single number; the other way
    round torch copies the index."""
    if isinstance(at.ctx, ast.Load) and index.any(lambda v: v.is_data) and not ranks.is_element(ev.program, at.slice):
        late = _is_moved(ev, at)  # which says that the base is not where it is wanted
        known: list[Operand] = [
            (value, None)
            for value in index
            if value.scalar is not True and (value.place != ANYWHERE or (late and value.scalar is False))
        ]
        meet(ev, at, [*((value, at.value) for value in base if value.place == "cpu"), *known], state)


def meet_module(ev: Evaluator, module: Value, call: Call) -> None:
    """Record the tensors on the CPU that are given to a module elsewhere, and a module that was made on the CPU, or is
    kept there, if it is given tensors elsewhere."""
    if ev.trace is not None and module.provenance in (Provenance.STORED, Provenance.BUILT) and module.place == "cpu":
        others = [(value, node) for value, node in operands(call) if value.place != ANYWHERE]
        known = [(value, node) for value, node in others if value.is_data and _is_elsewhere(ev, value, module)]
        _record(ev, call.node, module, known, call.state)
    if ev.trace is None or not ev.is_accelerator(module.place) or not _has_weights(module):
        return
    for host, _ in operands(call):
        if host.kind in (Kind.TENSOR, Kind.MOVABLE, Kind.BATCH):
            _record(ev, call.node, host, [(module, call.node.func)], call.state)


@contextmanager
def met_inside(ev: Evaluator, module: Value, call: Call) -> Iterator[None]:
    """Record tensors that were read to the CPU and are given to a module of the project that was moved, if what is
    evaluated meanwhile, its ``forward``, brings such a tensor together with what it has."""
    begun = len(ev.trace.meetings) if ev.trace is not None else 0
    yield
    if ev.trace is None or module.provenance is not Provenance.MOVED or not ev.is_accelerator(module.place):
        return
    met = {meeting.host.provenance for meeting in ev.trace.meetings[begun:]}
    for host, _ in operands(call):
        if host.provenance in met & {Provenance.READ, Provenance.HOST}:
            _record(ev, call.node, host, [(module, call.node.func)], call.state)


def _record(ev: Evaluator, at: ast.AST, host: Value, others: Iterable[Operand], state: State) -> None:
    if not _is_on_host(ev, host) or (host.provenance is Provenance.STORED and _in_constructor(ev)):
        return
    if host.provenance is Provenance.FACTORY and _holds_a_place(ev, host.origin):
        return
    for other, node in others:
        if not _contradict(host, other):
            assert ev.trace is not None
            inlined, late = bool(ev.inlined), _is_moved(ev, at)
            ev.trace.meetings.append(Meeting(at, host, other, node, state.guards, state.caught, inlined, late))
            return


def _holds_a_place(ev: Evaluator, factory: ast.AST | None) -> bool:
    """Whether a tensor of one element at most only holds the place of what the first trip of a loop binds to its name:
    ``if first: total = x``, ``else: total += x``."""
    parents = ev.program.parents
    match factory, parents.get(factory) if factory is not None else None:
        case ast.Call(args=[ast.Constant(value=0 | 1)]), ast.Assign(targets=[ast.Name(id=name)]) as bound:
            around = ev.program.unit_at(bound.value)
        case _:
            return False
    body = ev.program.tree if around is None else around.node
    return any(
        any(_binds(ast.Assign, statement, name) for statement in node.body)
        and any(_binds(ast.AugAssign, statement, name) for part in node.orelse for statement in syntax.walk(part))
        for node in syntax.walk(body)
        if isinstance(node, ast.If) and node.lineno > bound.lineno
    )


def _binds(how: type[ast.stmt], statement: ast.AST, name: str) -> bool:
    """Whether a statement of a class binds a name."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return isinstance(statement, how) and any(isinstance(one, ast.Name) and one.id == name for one in targets)


def _in_constructor(ev: Evaluator) -> bool:
    """Whether a module is being made, by whichever of its methods: what it keeps meets what it has."""
    return any(frame.function is not None and frame.function.constructs for frame in ev.frames)


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
            and (value.provenance, host.provenance) in _FOLLOWED
            and not host.when
            and (ev.program.follows_tensors or _in_module(ev) or _takes_types(ev))
        )
    known = value.provenance is not None and value.because is not Because.BELIEF
    return known and ev.is_accelerator(value.place)


def _is_moved(ev: Evaluator, node: ast.AST) -> bool:
    """Whether a part of a tensor is put on a device as soon as it is taken: ``base[index].to(device)``."""
    method = ev.program.parents.get(node)
    call = ev.program.parents.get(method) if isinstance(method, ast.Attribute) else None
    if not isinstance(node, ast.Subscript) or not isinstance(call, ast.Call) or call.func is not method:
        return False
    named = [keyword.value for keyword in call.keywords if keyword.arg == "device"]
    match method:
        case ast.Attribute(attr="cuda"):
            return True
        case ast.Attribute(attr="to"):
            return any(lexicon.names_device(last_name(given) or "") for given in (*named, *call.args[:1]))
    return False


def _in_module(ev: Evaluator) -> bool:
    """Whether a method of a module is looked at: its tensors live where the module does."""
    subject = ev.subjects.get(ev.frame.owner) if ev.frame.owner is not None else None
    return subject is not None and subject.module


def _takes_types(ev: Evaluator) -> bool:
    """Whether the function at hand, or its class, makes a tensor like another one, which puts it there as well: of what
    others call the same that says nothing, ``type_as`` being of types as often as of devices."""
    function, owner = ev.frame.function, ev.frame.owner
    around = owner.methods.values() if owner is not None else filter(None, (function,))
    calls = (call for one in around for call in one.calls)
    return any(isinstance(call.func, ast.Attribute) and call.func.attr == "type_as" for call in calls)


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
