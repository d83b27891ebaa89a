"""Truth of conditions in one world, and what each side of a condition knows.

A condition that the world does not decide is *neutral* (both sides are reached) or *flavoured*: it reads a name that
speaks of devices, precision or distribution. A request name is then taken for what the world requests; any other
flavoured condition marks both of its sides with a guard, and rules stay silent behind a guard of their kind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from devlint.analysis import halves, lexicon, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.names import last_name, path_of
from devlint.analysis.state import State, merge
from devlint.analysis.value import (
    ANYWHERE,
    BOOL,
    EXCEPTION,
    MISSING,
    NDARRAY,
    NONE,
    UNKNOWN,
    Choice,
    Kind,
    Value,
    constant,
    join,
)
from devlint.finding import Because


@dataclass(slots=True)
class Tested:
    """A condition: how it came out (None: undecided), its value, and the state on either side."""

    truth: bool | None
    value: Choice
    when_true: State
    when_false: State


def condition(ev: Evaluator, node: ast.expr, state: State) -> Tested:
    """Evaluate an expression for its truth."""
    if isinstance(node, ast.BoolOp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        tested = compound(ev, node, state)
        ev.visit(node, tested.value, state)
    else:
        tested = _simple(ev, node, state)
    if not state.ended:
        ev.decide(node, tested.truth)
    return tested


def compound(ev: Evaluator, node: ast.BoolOp | ast.UnaryOp, state: State) -> Tested:
    """``not a``, ``a and b``, ``a or b``."""
    if isinstance(node, ast.BoolOp):
        return _boolean(ev, node, state)
    inner = condition(ev, node.operand, state)
    decided = None if inner.truth is None else not inner.truth
    return Tested(decided, BOOL if decided is None else constant(decided), inner.when_false, inner.when_true)


def _simple(ev: Evaluator, node: ast.expr, state: State) -> Tested:
    value = ev.evaluate(node, state)
    decided = _decided(ev, node, value, state)
    if decided is not None:
        on = state.copy()
        on.halves |= halves.taken(value)
        return Tested(decided, value, on, state.copy())
    return Tested(None, value, *(_narrowed(ev, node, value, state, side) for side in (True, False)))


def _boolean(ev: Evaluator, node: ast.BoolOp, state: State) -> Tested:
    """``a and b``, ``a or b``: operands in turn, each under what the ones before it said."""
    settling = isinstance(node.op, ast.Or)  # the truth of an operand that settles the whole
    entry = state
    settled: State | None = None
    values: list[Choice] = []
    undecided = False
    for operand in node.values:
        tested = condition(ev, operand, state)
        on, off = (tested.when_true, tested.when_false) if settling else (tested.when_false, tested.when_true)
        if tested.truth is settling:
            known = tested.value.const is not MISSING or tested.value.only.kind is not Kind.UNKNOWN
            values.append(tested.value if known else constant(settling))
            return _sides(settling, settling, join(*values), merge(settled, on) or on, off)
        if tested.truth is None:
            undecided = True
            settled = merge(settled, on)
            if operand is not node.values[-1]:
                values.append(_settling_part(tested.value, settling))
        if operand is node.values[-1]:
            values.append(tested.value)
        state = off
    if not undecided:
        value = halves.hanging(join(*values), state, entry)
        return Tested(not settling, value, state.copy(), state.copy())
    return _sides(settling, None, join(*values), settled or state, state)


def _sides(settling: bool, decided: bool | None, value: Choice, on: State, off: State) -> Tested:
    """``on`` is the state where the whole equals ``settling``."""
    return Tested(decided, value, on, off) if settling else Tested(decided, value, off, on)


def _settling_part(value: Choice, side: bool) -> Choice:
    """What an undecided operand hands on when it settles the whole: only its truthy, or falsy, part."""
    possible = value.where(lambda v: _truth(v) is not (not side))
    if side:
        return possible.map(lambda v: v.but(const=True) if v.kind is Kind.BOOL else v)
    return possible.map(lambda v: Value(Kind.BOOL, const=False) if v.kind in (Kind.BOOL, Kind.UNKNOWN) else v)


# -- truth


def _truth(value: Value) -> bool | None:
    """Truth of one alternative, where its kind or constant tells."""
    if value.const is not MISSING:
        return bool(value.const)
    if value.kind in (Kind.MODULE, Kind.DEVICE, Kind.FUNCTION, Kind.CLASS, Kind.DTYPE):
        return True
    if value.kind is Kind.STR and value.name:  # named text is a version: never empty
        return True
    if value.kind is Kind.UNKNOWN and value.name == EXCEPTION.only.name:
        return True
    if value.kind is Kind.LIBRARY and (value.name or "") in torch_facts.AVAILABILITY:
        return True
    return None


def truth(value: Choice) -> bool | None:
    """Truth that all alternatives agree on."""
    found = {_truth(v) for v in value}
    return found.pop() if len(found) == 1 else None


def _decided(ev: Evaluator, node: ast.expr, value: Choice, state: State) -> bool | None:
    decided = truth(value)
    if decided is not None:
        return decided
    known = state.facts.get(key_of(ev, node, state) or "")
    if known is not None:
        return known
    return _requested(ev, node, value)


_OPEN = (Kind.UNKNOWN, Kind.BOOL, Kind.NUMBER, Kind.STR, Kind.LIBRARY, Kind.SELECTED)


def _requested(ev: Evaluator, node: ast.expr, value: Choice) -> bool | None:
    """An unknown value of a request name is what the world requests; an unresolved availability test what it has."""
    if not value.all(lambda v: v.kind in _OPEN and v.const is MISSING):
        return None
    if isinstance(node, ast.Call):
        available = ev.available(last_name(node.func) or "")
        if last_name(node) is None or available is not None:
            return available
    if isinstance(node, ast.Compare):
        return None
    name = last_name(node)
    if name is None:
        return None
    wanted = ev.request(name) if (chosen := ev.switched(name)) is None else chosen
    if wanted and (not value.all(lambda v: v.kind in (Kind.UNKNOWN, Kind.BOOL)) or lexicon.numbers_device(name)):
        return None  # index 0 is false
    return wanted


# -- what a side knows


def key_of(ev: Evaluator, node: ast.expr, state: State) -> str | None:
    """Identity of an undecided condition: its text, and the bindings of the names it reads; None where evaluating it
    twice may differ."""
    wording = ev.program.wording(node)
    if not wording.pure:
        return None
    bindings = (str(state.values[path].binding) for path in wording.paths if path in state.values)
    return " ".join((wording.text, *bindings))


def _narrowed(ev: Evaluator, node: ast.expr, value: Choice, state: State, side: bool) -> State:
    """The state on one side of an undecided condition."""
    out = state.copy()
    key = key_of(ev, node, state)
    guards = _flavours(ev, node, state)
    if not side and not isinstance(node, ast.Compare):  # one process, on whatever machine
        guards -= {Guard.DISTRIBUTED}
    chosen = halves.taken(value) if side else frozenset()
    if chosen:
        out.halves |= chosen
        guards = guards - {Guard.DTYPE} | {Guard.HALF}
    if key is not None:
        out.assume(key, side)
        ev.guards_of[key] = guards
    out.guards |= guards
    path = path_of(node)
    if path is not None and len(value) > 1:
        possible = value.where(lambda v: _truth(v) is not (not side))
        if len(possible):
            out.narrow(path, possible)
            for known, its_side in frozenset.intersection(*(v.when for v in possible)):
                out.assume(known, its_side)
                out.guards |= ev.guards_of.get(known, frozenset())
    _refine(node, out, side)
    _refine_device(ev, node, out, side)
    return out


def _flavours(ev: Evaluator, node: ast.expr, state: State) -> frozenset[Guard]:
    """What an undecided condition may depend on, by the names it reads; a name of known constants hides nothing."""
    found: set[Guard] = set()
    for name in _names_in(ev, node, state):
        found |= lexicon.flavours(name)
    if any(name in lexicon.FRAMEWORK and path is None for name, path in ev.program.wording(node).names):
        found.discard(Guard.DEVICE)  # ``backend == "torch"`` says which code runs, and nothing of the machine
    return frozenset(found)


def _names_in(ev: Evaluator, node: ast.expr, state: State) -> Iterator[str]:
    for name, path in ev.program.wording(node).names:
        held = None if path is None else state.values.get(path) if "." in path else ev.lookup(path, state)
        if held is None or held.any(lambda v: v.const is MISSING):
            yield name


def _refine(node: ast.expr, state: State, side: bool) -> None:
    """Narrow the value that a type test, a ``None`` test or ``is_cuda`` is about."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, kinds]):
            _refine_type(subject, ast.unparse(kinds), state, side)
        case ast.Call(func=ast.Attribute(attr="is_tensor"), args=[subject]):
            _refine_type(subject, "Tensor", state, side)
        case ast.Attribute(value=subject, attr="is_cuda"):
            _refine_place(subject, state, "cuda" if side else "cpu")
        case ast.Compare(left=subject, ops=[ast.Eq() | ast.NotEq() as op], comparators=[named]) if (
            place := _named_device(named)
        ):
            if isinstance(op, ast.Eq) is side and (tensor := _placed_by(subject)) is not None:
                _refine_place(tensor, state, place)
        case ast.Compare(left=subject, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            _refine_none(subject, state, side)
        case ast.Compare(left=subject, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            _refine_none(subject, state, not side)


def _refine_device(ev: Evaluator, node: ast.expr, state: State, side: bool) -> None:
    """``x.device != device``: on the side where it does not hold, the tensor is on that device already."""
    match node:
        case ast.Compare(
            left=ast.Attribute(value=subject, attr="device"),
            ops=[ast.Eq() | ast.NotEq() as op],
            comparators=[ast.Name() | ast.Attribute() as device],
        ) if isinstance(op, ast.Eq) is side and (path := path_of(subject)) is not None:
            place = ev.peek(device, state).only.place
            held = state.get(path) or UNKNOWN
            state.narrow(path, held.map(lambda v: v.but(place=place, provenance=None) if v.is_data else v))


def _named_device(node: ast.expr) -> str | None:
    """The device type that ``"cpu"`` or ``torch.device("cpu")`` names."""
    match node:
        case ast.Constant(value=str(text)):
            kind = text.partition(":")[0]
            return kind if kind in torch_facts.DEVICE_TYPES else None
        case ast.Call(func=ast.Attribute(attr="device") | ast.Name(id="device"), args=[inner]):
            return _named_device(inner)
    return None


def _placed_by(node: ast.expr) -> ast.expr | None:
    """``x`` of ``x.device``, ``x.device.type`` and ``str(x.device)``."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[inner]) | ast.Attribute(value=inner, attr="type"):
            return _placed_by(inner)
        case ast.Attribute(value=tensor, attr="device"):
            return tensor
    return None


_CONTAINERS = (Kind.LIST, Kind.TUPLE, Kind.DICT)
_TYPES = {"str": Kind.STR, "dict": Kind.DICT, "bool": Kind.BOOL, "int": Kind.NUMBER, "float": Kind.NUMBER}


def _refine_type(subject: ast.expr, kinds: str, state: State, side: bool) -> None:
    path = path_of(subject)
    if path is None:
        return
    held = state.get(path) or UNKNOWN
    if held.all(lambda v: v.is_mock):
        return  # which passes for anything
    if side and held.all(lambda v: v.kind in _CONTAINERS):
        return  # of which a test says nothing new
    tensor = kinds.rpartition(".")[2].endswith("Tensor") and "," not in kinds
    if tensor and side:
        known = held.where(lambda v: v.is_data).map(lambda v: v.but(kind=Kind.TENSOR, name=v.name or "tested"))
        state.narrow(path, known or Choice(Value(Kind.TENSOR, ANYWHERE, name="tested", because=Because.BELIEF)))
    elif tensor:
        state.narrow(path, held.where(lambda v: v.kind not in (Kind.TENSOR, Kind.MOVABLE)) or UNKNOWN)
    elif side and "ndarray" in kinds:
        state.narrow(path, NDARRAY)
    elif side and kinds in _TYPES:
        if not held.all(lambda v: v.kind is _TYPES[kinds]):
            state.narrow(path, Choice(Value(_TYPES[kinds], held.only.place if held.only.is_device else None)))
    elif side:
        state.narrow(path, UNKNOWN)


def _refine_place(subject: ast.expr, state: State, place: str) -> None:
    path = path_of(subject)
    if path is not None:
        held = state.get(path) or UNKNOWN
        state.narrow(path, held.map(lambda v: _placed(v, place)))


def _placed(value: Value, place: str) -> Value:
    return value.but(kind=Kind.TENSOR if value.kind in (Kind.UNKNOWN, Kind.MOVABLE) else value.kind, place=place)


def _refine_none(subject: ast.expr, state: State, is_none: bool) -> None:
    path = path_of(subject)
    if path is None:
        return
    held = state.get(path)
    if is_none:
        state.narrow(path, NONE)
    elif held is not None and len(held) > 1:
        state.narrow(path, held.where(lambda v: v.kind is not Kind.NONE))
