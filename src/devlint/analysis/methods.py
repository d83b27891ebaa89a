"""What methods of known kinds of values give back: tensors, modules, devices, text, containers."""

from __future__ import annotations

import ast
from functools import partial

from devlint.analysis import failures, torch_facts
from devlint.analysis.call import Call, device_of
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.mixtures import meet, operands
from devlint.analysis.names import path_of
from devlint.analysis.objects import store_field
from devlint.analysis.ranks import of_method
from devlint.analysis.requests import read_key
from devlint.analysis.transfers import is_moved_later, moves_nothing
from devlint.analysis.value import (
    ANYWHERE,
    BOOL,
    MISSING,
    NDARRAY,
    NONE,
    NUMBER,
    STR,
    UNKNOWN,
    Choice,
    Kind,
    Provenance,
    Value,
    constant,
    join,
)
from devlint.finding import Because

_MOVED = (Kind.UNKNOWN, Kind.TENSOR, Kind.MOVABLE, Kind.MODULE, Kind.INSTANCE, Kind.BATCH)
#: what a comparison and an operation may be of, besides tensors
_PLAIN = (Kind.BOOL, Kind.NUMBER)


def call_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    """``receiver.name(...)`` for one alternative that is no library and has no such method in the file."""
    if name == "state_dict":
        return Choice(Value(Kind.DICT, receiver.place, name=name))
    if receiver.kind in _PLAIN and receiver.const is MISSING and name in _TRANSFERS:
        receiver = UNKNOWN.only  # whose operands were unknown: no plain value has such a method
    if receiver.kind in _MOVED and name in _TRANSFERS:
        return _TRANSFERS[name](ev, receiver, call)
    match receiver.kind:
        case Kind.TENSOR | Kind.MOVABLE:
            return _tensor_method(ev, receiver, name, call)
        case Kind.MODULE:
            return _module_method(ev, receiver, name, call)
        case Kind.BATCH:
            return _batch_method(receiver, name)
        case Kind.NDARRAY:
            return NDARRAY if name not in ("item", "tolist") else NUMBER
        case Kind.STR | Kind.SELECTED | Kind.DEVICE:
            return _text_method(ev, receiver, name, call)
        case Kind.LIST:
            return _list_method(ev, receiver, name, call)
        case Kind.GENERATOR:
            return Choice(receiver) if name in ("manual_seed", "set_state") else UNKNOWN
        case Kind.DICT if name in ("get", "pop", "setdefault"):
            key = call.args[0].const if call.args else MISSING
            part = receiver.element(key)
            return part if part is not None else read_key(ev, call, default=constant(None))
        case Kind.UNKNOWN | Kind.INSTANCE:
            return _unknown_method(ev, receiver, name, call)
    return UNKNOWN


def _batch_method(receiver: Value, name: str) -> Choice:
    """A method of a container of tensors: its parts are where it is."""
    if name == "items":
        pair = Choice(Value(Kind.TUPLE, elements=((0, UNKNOWN), (1, Choice(receiver)))))
        return Choice(Value(Kind.LIST, elements=((None, pair),)))
    if name in torch_facts.HOST_METHODS:  # of a tensor of it
        return Choice(Value(Kind(torch_facts.HOST_METHODS[name])))
    return UNKNOWN if name == "keys" else Choice(receiver)


# -- transfers


def _moved(receiver: Value, place: str | None, origin: ast.AST | None = None) -> Choice:
    """A tensor or module after a move; its origin is where the device was chosen."""
    kind = Kind.MOVABLE if receiver.kind in (Kind.UNKNOWN, Kind.INSTANCE, Kind.BATCH) else receiver.kind
    provenance = None if place is None else Provenance.HOST if place == "cpu" else Provenance.MOVED
    return Choice(receiver.but(kind=kind, place=place, because=Because.DERIVED, origin=origin, provenance=provenance))


def _cuda(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    given = call.argument("device", 0)
    index = given.const if given is not None and isinstance(given.const, int) else None
    if not moves_nothing(ev.program, receiver):
        ev.put(call.node, Value(Kind.DEVICE, "cuda", index=index, literal=True), call.state)
    _move_in_place(receiver, "cuda", call)
    return _moved(receiver, "cuda", call.node)


def _cpu(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    _move_in_place(receiver, "cpu", call)
    return _moved(receiver, "cpu")


def _to(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    """``.to(device)``, ``.to(dtype)``, ``.to(other)``, with keywords or without."""
    candidates: list[tuple[Choice, ast.expr | None]] = list(zip(call.args, call.node.args, strict=False))
    candidates += [(k, call.node_of(name)) for name, k in call.keywords.items() if name in ("device", "other")]
    if not candidates:
        return _moved(receiver, None) if call.open else Choice(receiver)
    for given, node in candidates:
        choice = given.where(lambda v: v.kind is not Kind.NONE) or given
        if choice.all(lambda v: v.kind in (Kind.DTYPE, Kind.BOOL, Kind.NONE)):
            receiver = _cast(ev, receiver, choice, call)
            continue
        moved = choice.flat_map(partial(_moved_to, ev, receiver, call, node))
        if len({value.place for value in moved}) > 1:  # what else went there has the same choice
            moved = moved.map(lambda v: v.but(provenance=None))
        _move_in_place(receiver, moved.only.place, call)
        return moved
    return Choice(receiver)


def _moved_to(ev: Evaluator, receiver: Value, call: Call, node: ast.expr | None, given: Value) -> Choice:
    """What comes of moving to one device, or to where one tensor is."""
    device = device_of(ev, given, node)
    numbered = receiver.is_data and isinstance(node, ast.Constant)
    is_named = given.is_device or (numbered and given.kind is Kind.NUMBER)
    if device is not None and is_named and not moves_nothing(ev.program, receiver):
        ev.put(call.node, device, call.state)
    return _moved(receiver, None if device is None else device.place, None if device is None else device.origin)


def _cast(ev: Evaluator, receiver: Value, dtype: Choice, call: Call) -> Value:
    """What is given a type is a tensor or a module; a module takes no integers, and nobody asks if it is a tensor."""
    if receiver.kind is not Kind.UNKNOWN or not dtype.all(lambda v: v.kind is Kind.DTYPE):
        return receiver
    path = path_of(call.node.func.value) if isinstance(call.node.func, ast.Attribute) else None
    tensor = dtype.all(lambda v: v.name in torch_facts.INTEGERS) or path in ev.frame.beliefs.tested
    return receiver.but(kind=Kind.TENSOR, because=Because.BELIEF) if tensor else receiver


def _move_in_place(receiver: Value, place: str | None, call: Call) -> None:
    """A module moves where it stands; a tensor does not."""
    if receiver.kind is Kind.MODULE and isinstance(call.node.func, ast.Attribute):
        path = path_of(call.node.func.value)
        if path is not None and path in call.state.values:
            known = None if place is None else Provenance.MOVED
            call.state.values[path] = Choice(receiver.but(place=place, provenance=known))


def _numpy(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    return NDARRAY


def _detach(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    """What must be detached hangs on a network, and so lives where the network lives; what is moved only later is not
    there yet."""
    function = ev.frame.function
    early = function is not None and is_moved_later(ev.program, function, call.node)
    if receiver.place in (None, ANYWHERE) and not early:
        kind = Kind.MOVABLE if receiver.kind in (Kind.UNKNOWN, Kind.INSTANCE) else receiver.kind
        return Choice(receiver.but(kind=kind, place=ev.attached_to(), attached=True, because=Because.BELIEF))
    return Choice(receiver)


_TRANSFERS = {"cuda": _cuda, "cpu": _cpu, "to": _to, "numpy": _numpy, "detach": _detach}

# -- tensors and modules

_SPLITTING = frozenset(["split", "chunk", "unbind"])
_CONTAINER_METHODS = frozenset("keys values items pop update get parameters eval train".split())


def _tensor_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if name == "get_device":
        return failures.index(ev, receiver, call)
    if name in torch_facts.HOST_METHODS:
        return Choice(Value(Kind(torch_facts.HOST_METHODS[name])))
    if name == "type_as" and call.args:
        return call.args[0].map(lambda other: _placed_like(receiver, other))
    if name == "type" and call.args:
        return _typed(ev, receiver, call)
    if name == "type":
        return Choice(Value(Kind.DTYPE, receiver.place, provenance=receiver.provenance))
    if name not in torch_facts.APART and name not in torch_facts.SHAPING and call.device("device") is None:
        function = call.node.func
        own = function.value if isinstance(function, ast.Attribute) else None
        meet(ev, call.node, [(receiver, own), *operands(call)], call.state)
    if name == "new" or name.startswith("new_"):
        return Choice(
            Value(Kind.TENSOR, receiver.place, because=receiver.because, provenance=receiver.provenance, scalar=False)
        )
    if name in _SPLITTING:
        part = Choice(receiver.but(kind=Kind.TENSOR))
        return Choice(Value(Kind.LIST, elements=((None, part),)))
    if name in ("parameters", "buffers"):
        return Choice(Value(Kind.LIST, elements=((None, Choice(Value(Kind.TENSOR, receiver.place))),)))
    if name in _CONTAINER_METHODS:
        return UNKNOWN if name not in ("eval", "train") else Choice(receiver)
    if receiver.kind is Kind.MOVABLE and (name in torch_facts.MODEL_METHODS or name in ("save", "process")):
        return UNKNOWN
    given = [value for value in call.operands() if value.kind is not Kind.MODULE and value.provenance is not None]
    if name not in torch_facts.SHAPED_LIKE and receiver.place == "cpu" and any(one.place != "cpu" for one in given):
        return Choice(receiver.but(place=None, provenance=None))  # it crashed, or nobody knows
    surely = receiver.kind is Kind.MOVABLE and name in torch_facts.TENSOR_METHODS
    kind = Kind.TENSOR if surely else receiver.kind
    return Choice(receiver.but(kind=kind, scalar=of_method(receiver, name, call)))


def _typed(ev: Evaluator, receiver: Value, call: Call) -> Choice:
    """``receiver.type(...)``: the text of a type names a device too."""
    if call.args[0].any(lambda v: v.kind is Kind.DTYPE and v.place is not None):
        return call.args[0].map(lambda v: _placed_like(receiver, v))
    told = (Kind.STR, Kind.UNKNOWN, Kind.MOVABLE) if isinstance(call.node.args[0], ast.Name) else (Kind.STR,)
    if call.args[0].any(lambda v: v.kind in told):
        return Choice(receiver.but(place=None, provenance=None))
    return Choice(receiver)


def _placed_like(receiver: Value, other: Value) -> Value:
    """``receiver.type_as(other)``, ``receiver.type(other.type())``"""
    if not other.is_data and other.kind is not Kind.DTYPE:
        return receiver.but(place=None, provenance=None)
    return receiver.but(place=other.place, provenance=other.provenance and Provenance.MOVED)


def _module_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if name in torch_facts.MODULE_CHAIN:
        return Choice(receiver)
    if name in ("parameters", "buffers"):
        known = Provenance.MODULE if receiver.place else None
        part = Choice(Value(Kind.TENSOR, receiver.place, attached=True, because=receiver.because, provenance=known))
        return Choice(Value(Kind.LIST, elements=((None, part),)))
    if name in ("register_buffer", "register_parameter") and len(call.args) > 1:
        attribute = call.args[0].const
        if isinstance(attribute, str) and ev.self_name is not None:
            _register(ev, attribute, call)
        return NONE
    return UNKNOWN


def _register(ev: Evaluator, attribute: str, call: Call) -> None:
    """``self.register_buffer("name", tensor)``: a tensor that moves with its module."""
    held = Value(Kind.TENSOR, ev.run, name="parameter", because=Because.ROLE, provenance=Provenance.MODULE)
    bound = Choice(held) if call.args[1].any(lambda v: v.kind is not Kind.NONE) else NONE
    here = bound
    if ev.constructing:  # nobody has moved it yet
        here = bound.map(lambda v: v.but(place=call.args[1].only.place or "cpu") if v is held else v)
    call.state.set(f"{ev.self_name}.{attribute}", here)
    if isinstance(call.node.func, ast.Attribute) and path_of(call.node.func.value) == ev.self_name:
        store_field(ev, attribute, bound, call.node.func)


_TENSOR_LIKE = frozenset(
    (
        "unsqueeze squeeze float long contiguous clone permute view double type int bool byte flatten transpose "
        "expand repeat argmax"
    ).split()
)


def _unknown_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if name in _TENSOR_LIKE:
        return Choice(Value(Kind.UNKNOWN, receiver.place, attached=receiver.attached, because=receiver.because))
    if name == "startswith" and call.args and isinstance(call.args[0].const, str):
        return constant(False) if call.args[0].const.startswith("cuda") and not ev.has("cuda") else BOOL
    if name in ("get", "pop", "setdefault", "getboolean", "getint"):
        return read_key(ev, call, default=constant(None) if name == "get" else UNKNOWN)
    if name in ("size", "item", "tolist"):
        return Choice(Value(Kind(torch_facts.HOST_METHODS[name])))
    if name == "get_device" and not call.args:
        return failures.index(ev, receiver, call)
    available = ev.available(name)
    return UNKNOWN if available is None else constant(available)


# -- text and lists


def _text_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if name in ("startswith", "__contains__") and call.args:
        prefix = call.args[0].const
        if isinstance(receiver.const, str) and isinstance(prefix, (str, tuple)):
            return constant(receiver.const.startswith(prefix))
        if isinstance(prefix, str) and receiver.place not in (None, ANYWHERE):
            return constant(receiver.place == prefix.partition(":")[0]) if ":" not in prefix else BOOL
        if isinstance(prefix, str) and prefix.startswith("cuda") and not ev.has("cuda"):
            return constant(False)
        return BOOL
    if name in ("lower", "strip", "upper", "casefold"):
        known = isinstance(receiver.const, str) and not call.args
        return Choice(receiver.but(kind=Kind.STR, const=getattr(receiver.const, name)() if known else MISSING))
    if name == "split" and receiver.place is not None:
        first = Choice(Value(Kind.STR, receiver.place, receiver.place if receiver.place != ANYWHERE else MISSING))
        return Choice(Value(Kind.LIST, elements=((0, first), (None, STR))))
    return STR if name in ("split", "replace", "format", "join", "rstrip", "lstrip") else UNKNOWN


def _list_method(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if name in ("append", "insert") and call.args and isinstance(call.node.func, ast.Attribute):
        path = path_of(call.node.func.value)
        known = receiver.element(None)
        added = call.args[-1] if known is None else join(known, call.args[-1])
        if path is not None:
            grown = call.state.values[path] = Choice(receiver.but(elements=((None, added),)))
            if isinstance(receiver.origin, ast.Attribute) and path == f"{ev.self_name}.{receiver.origin.attr}":
                store_field(ev, receiver.origin.attr, grown, receiver.origin)
        return NONE
    if name == "pop":
        return receiver.element(None) or UNKNOWN
    return UNKNOWN
