"""What calls give back: who is called, and the functions of Python itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import replace

from devlint.analysis import halves, lexicon, library_facts, refusals, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.bindings import iterated
from devlint.analysis.call import Call
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.expressions import attribute, element
from devlint.analysis.functions import call_function, unsaid_by
from devlint.analysis.instances import attribute_of_instance
from devlint.analysis.methods import call_method
from devlint.analysis.mixtures import meet_module, met_inside
from devlint.analysis.names import last_name, path_of
from devlint.analysis.objects import instance
from devlint.analysis.requests import read_attribute, read_environment
from devlint.analysis.state import State
from devlint.analysis.subject import Subject
from devlint.analysis.torch_calls import call_torch, run_module
from devlint.analysis.value import (
    BOOL,
    MISSING,
    NDARRAY,
    NEVER,
    NONE,
    NUMBER,
    STR,
    UNKNOWN,
    Choice,
    Kind,
    Provenance,
    Value,
    constant,
)
from devlint.finding import Because


def _call(ev: Evaluator, node: ast.Call, state: State) -> Choice:
    receiver: Choice | None = None
    target: Choice | None = None
    if isinstance(node.func, ast.Attribute):
        path = path_of(node.func)
        target = state.get(path) if path is not None else None
        receiver = ev.evaluate(node.func.value, state)
        ev.mention("." + node.func.attr, state)
    else:
        target = ev.evaluate(node.func, state)
    if _starts_nothing(ev, node, state):
        return NONE
    call = _evaluated(ev, node, state)
    if state.ended:
        return NEVER
    if target is None or not target.any(_asks_itself):
        _device_keyword(ev, call)
    if target is None:
        assert receiver is not None
        assert isinstance(node.func, ast.Attribute)
        method = node.func.attr
        result = receiver.flat_map(lambda value: _method_of(ev, value, method, call))
    else:
        result = target.flat_map(lambda value: _called(ev, value, call))
    if result.all(lambda v: v.kind is Kind.UNKNOWN):
        return _run_by_name(ev, call) or result
    return result


def _starts_nothing(ev: Evaluator, node: ast.Call, state: State) -> bool:
    """``spawn(worker, nprocs=torch.cuda.device_count())`` without a GPU: there is no process that runs the worker."""
    if last_name(node.func) != "spawn":
        return False
    counts = [keyword.value for keyword in node.keywords if keyword.arg == "nprocs"] + node.args[2:3]
    return bool(counts) and ev.evaluate(counts[0], state).const == 0


def _evaluated(ev: Evaluator, node: ast.Call, state: State) -> Call:
    args: list[Choice] = []
    hidden = False
    for argument in node.args:
        value = ev.evaluate(argument, state)
        if isinstance(argument, ast.Starred):
            hidden = True
        elif not hidden:
            args.append(value)
    keywords: dict[str, Choice] = {}
    for keyword in node.keywords:
        value = ev.evaluate(keyword.value, state)
        if keyword.arg is None:
            hidden = True
        else:
            keywords[keyword.arg] = value
    return Call(node, args, keywords, hidden, state)


#: calls whose ``device=`` is looked at where they are understood, or does not place anything
_OWN_DEVICE = frozenset(
    "to autocast device DataLoader add_argument option Option Field field argument GradScaler".split()
)
#: of what places nothing: records and options of Python itself
_RECORDS = sys.stdlib_module_names | {"dict"}


def _device_keyword(ev: Evaluator, call: Call) -> None:
    """``anything(device="cuda")`` puts something there; a test may hand it to something that only looks like it."""
    called = last_name(call.node.func) or ""
    device = call.keywords.get("device")
    package = (ev.program.name(call.node.func) or called).partition(".")[0]
    if device is None or called in _OWN_DEVICE or package in _RECORDS or Guard.DATA in call.state.guards:
        return
    for value in device:
        if value.literal:
            ev.put(call.node, value, call.state)


def _asks_itself(value: Value) -> bool:
    """Whether something called is of the project and asks which hardware there is: what it makes of a device that is
    missing is its own affair."""
    match value:
        case Value(kind=Kind.FUNCTION, subject=(Function() as function, *_)):
            return function.asks
        case Value(kind=Kind.CLASS, subject=Subject() as subject):
            return any(method.asks for method in subject.node.methods.values())
    return False


def _run_by_name(ev: Evaluator, call: Call) -> Choice | None:
    """What a call of something named like a model gives for tensors of the run's device: tensors there."""
    tensors = [value for value in call.operands() if value.kind is not Kind.MODULE and value.place == ev.run]
    if ev.run == "cpu" or not tensors or not lexicon.names_model(last_name(call.node.func) or ""):
        return None
    known = Provenance.MODULE if any(value.provenance is not None for value in tensors) else None
    return Choice(Value(Kind.MOVABLE, ev.run, because=Because.ROLE, provenance=known))


def _method_of(ev: Evaluator, receiver: Value, name: str, call: Call) -> Choice:
    if receiver.kind is Kind.LIBRARY:
        return attribute(ev, receiver, name).flat_map(lambda value: _called(ev, value, call))
    if receiver.subject is not None and receiver.kind in (Kind.MODULE, Kind.INSTANCE, Kind.CLASS):
        found = receiver.subject.method(name)
        if found is not None:
            subject, function = found
            unbound = receiver.kind is Kind.CLASS and not function.decorated("staticmethod", "classmethod")
            return UNKNOWN if unbound else _apply(ev, (function, subject.node, receiver), call)
        held = attribute_of_instance(ev, receiver, name)
        if held is not None and not held.all(lambda v: v.kind is Kind.UNKNOWN):
            return held.flat_map(lambda value: _called(ev, value, call))
        if receiver.subject.module and name in receiver.subject.node.stores and call.args:
            return run_module(ev, Value(Kind.MODULE, receiver.place, because=Because.ROLE), call)
    return call_method(ev, receiver, name, call)


def _apply(ev: Evaluator, subject: tuple[Function, ClassNode | None, Value | None], call: Call) -> Choice:
    """Call a function of the project; what is hidden behind ``*`` or ``**`` may be anything."""
    function, owner, this = subject
    hidden = unsaid_by(ev, function, owner, len(call.args)) if call.open else {}
    return call_function(ev, function, owner, call.args, hidden | call.keywords, this)


def _called(ev: Evaluator, target: Value, call: Call) -> Choice:
    """The result of calling one alternative."""
    match target.kind:
        case Kind.FUNCTION if target.subject is not None:
            return _apply(ev, target.subject, call)
        case Kind.CLASS if target.subject is not None:
            if refusals.of_class(ev, target.subject, call):
                return NEVER
            made = instance(ev, target.subject)
            return Choice(made.but(provenance=Provenance.BUILT, origin=call.node) if made.is_data else made)
        case Kind.INSTANCE if target.subject is not None:
            found = target.subject.method("__call__")
            return UNKNOWN if found is None else _apply(ev, (found[1], found[0].node, target), call)
        case Kind.MODULE | Kind.MOVABLE:
            call = _with_module(ev, target, call)
            if target.subject is not None:
                meet_module(ev, target, call)
            if target.subject is not None and (found := target.subject.method("forward")) is not None:
                with met_inside(ev, target, call):
                    result = _apply(ev, (found[1], found[0].node, target), call)
                if not result.all(lambda v: v.kind is Kind.UNKNOWN):
                    return result
            return run_module(ev, target, call)
        case Kind.LIBRARY:
            return _library(ev, target.name or "", call)
    return UNKNOWN


def _with_module(ev: Evaluator, module: Value, call: Call) -> Call:
    """The call of a module with its arguments where that has them: one that scatters brings them to its device, and
    with one that was made in a file that moves nothing, nothing is elsewhere."""
    if module.name == "scattering":
        return _with_arguments(
            call, lambda v: v.but(place=module.place, provenance=None) if v.is_data and v.place == "cpu" else v
        )
    if module.place == "cpu" and module.provenance is Provenance.BUILT and ev.program.moves_nothing:
        return _with_arguments(call, lambda v: v.but(place="cpu") if v.kind is Kind.UNKNOWN and v.place is None else v)
    return call


def _with_arguments(call: Call, change: Callable[[Value], Value]) -> Call:
    keywords = {name: given.map(change) for name, given in call.keywords.items()}
    return replace(call, args=[given.map(change) for given in call.args], keywords=keywords)


#: what readers of files give, by its kind
_READ = {
    "tensor": Value(Kind.TENSOR, "cpu", provenance=Provenance.READ),
    "ndarray": Value(Kind.NDARRAY),
    "number": Value(Kind.NUMBER),
}


def _library(ev: Evaluator, name: str, call: Call) -> Choice:
    python = _PYTHON.get(name)
    if python is not None:
        result = python(ev, call)
        return halves.carried(result, *call.args[0]) if name in _TEXT and call.args else result
    if name in torch_facts.EXITS or refusals.of(ev, name, call):
        return NEVER
    if name in ev.world.available:
        return constant(True)
    if name.startswith("torch."):
        return call_torch(ev, name, call)
    if name in library_facts.MOCKS:
        return Choice(Value(Kind.LIBRARY, name=name))  # whatever it is asked for is one, too
    if name in library_facts.READERS:
        parts = [Choice(_READ[kind]) for kind in library_facts.READERS[name]]
        return parts[0] if len(parts) == 1 else Choice(Value(Kind.TUPLE, elements=tuple(enumerate(parts))))
    last = name.rpartition(".")[2]
    if (available := ev.available(last)) is not None:
        return constant(available)
    if last == "from_pretrained" and name.rpartition(".")[0].endswith(library_facts.MODEL_CLASSES):
        placed = "device_map" in call.keywords or call.open
        return Choice(Value(Kind.MODULE, None if placed else "cpu"))
    if name.startswith(library_facts.ARRAY_PACKAGES):
        return NDARRAY if last not in ("save", "savez", "load", "dtype", "isscalar") else UNKNOWN
    return UNKNOWN


# -- Python itself


def _text(ev: Evaluator, call: Call) -> Choice:
    if not call.args:
        return STR
    return call.args[0].map(
        lambda v: (
            v.but(kind=Kind.STR, literal=False)
            if v.is_device or v.kind is Kind.STR
            else Value(Kind.STR, const=str(v.const) if isinstance(v.const, (bool, int)) else MISSING)
        )
    )


def _number(ev: Evaluator, call: Call) -> Choice:
    if not call.args or call.node.func.id == "float":  # type: ignore[attr-defined]
        return NUMBER
    value = call.args[0]
    try:
        return constant(int(value.const)) if value.const is not MISSING and value.const is not None else NUMBER
    except (TypeError, ValueError):
        return NUMBER


def _truth(ev: Evaluator, call: Call) -> Choice:
    value = call.args[0] if call.args else constant(False)
    return constant(bool(value.const)) if value.const is not MISSING else BOOL


def _evaluated_text(ev: Evaluator, call: Call) -> Choice:
    """``eval`` of a constant: environment variables are read so."""
    text = call.args[0].const if call.args else MISSING
    if isinstance(text, str):
        try:
            return constant(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            return UNKNOWN
    return UNKNOWN


def _executed(ev: Evaluator, call: Call) -> Choice:
    """``exec`` may rebind anything: forget the constants."""
    for path, value in list(call.state.values.items()):
        if value.any(lambda v: v.const is not MISSING):
            call.state.values[path] = ev.selected() if value.all(lambda v: v.is_device) else UNKNOWN
    return NONE


def _sequence(ev: Evaluator, call: Call) -> Choice:
    if not call.args:
        return Choice(Value(Kind.LIST, elements=()))
    return call.args[0].map(
        lambda v: v if v.kind is Kind.LIST else Value(Kind.LIST, elements=((None, element(ev, v, None)),))
    )


def _first(ev: Evaluator, call: Call) -> Choice:
    if not call.args:
        return UNKNOWN
    found = call.args[0].flat_map(lambda v: element(ev, v, None))
    match call.node.args[0]:
        case ast.Call(func=ast.Attribute(attr="parameters" | "buffers")) if found.all(lambda v: v.kind is Kind.UNKNOWN):
            return Choice(Value(Kind.TENSOR, ev.run, because=Because.ROLE))
    return found


def _enumerated(ev: Evaluator, call: Call) -> Choice:
    if not call.args:
        return UNKNOWN
    item = iterated(ev, call.args[0], call.node.args[0])
    pair = Choice(Value(Kind.TUPLE, elements=((0, NUMBER), (1, item))))
    return Choice(Value(Kind.LIST, elements=((None, pair),)))


def _zipped(ev: Evaluator, call: Call) -> Choice:
    items = [iterated(ev, value, node) for value, node in zip(call.args, call.node.args, strict=False)]
    row = Choice(Value(Kind.TUPLE, elements=tuple(enumerate(items))))
    return Choice(Value(Kind.LIST, elements=((None, row),)))


def _range(ev: Evaluator, call: Call) -> Choice:
    end = call.args[0].const if len(call.args) == 1 else MISSING
    return Choice(Value(Kind.LIBRARY, name="range", const=0 if end == 0 and end is not False else MISSING))


#: kinds of values of which it is known whether they are tensors
_TOLD_APART = (Kind.TENSOR, Kind.NDARRAY, Kind.STR, Kind.NUMBER, Kind.LIST, Kind.TUPLE, Kind.DICT)
#: the types that a container surely is not of; a list here may be any other iterable
_OTHER = {
    Kind.LIST: frozenset(("dict", "str")),
    Kind.TUPLE: frozenset(("list", "dict", "str")),
    Kind.DICT: frozenset(("list", "tuple", "str")),
}
#: the same for a mock
_MOCKED = frozenset(("list", "tuple", "dict", "str"))


def _is_tensor(ev: Evaluator, call: Call) -> Choice:
    value = call.args[0].only if call.args else UNKNOWN.only
    known = value.because is Because.DERIVED and value.kind in _TOLD_APART
    return constant(value.kind is Kind.TENSOR) if known else BOOL


def _is_instance(ev: Evaluator, call: Call) -> Choice:
    if len(call.args) < 2:
        return BOOL
    kinds = ast.unparse(call.node.args[1])
    value = call.args[0].only
    if kinds.rpartition(".")[2] == "Tensor":
        return _is_tensor(ev, call)
    if kinds == "str" and value.kind in (Kind.STR, Kind.DEVICE):
        return constant(value.kind is Kind.STR)
    other = _MOCKED if value.is_mock else _OTHER.get(value.kind, frozenset())
    if value.because is Because.DERIVED and other.issuperset(kinds.strip("()").split(", ")):
        return constant(False)
    return BOOL


def _mapping(ev: Evaluator, call: Call) -> Choice:
    return Choice(Value(Kind.DICT, elements=tuple(call.keywords.items())))


_PYTHON: dict[str, Callable[[Evaluator, Call], Choice]] = {
    "str": _text,
    "int": _number,
    "float": _number,
    "round": lambda ev, call: NUMBER,
    "len": lambda ev, call: NUMBER,
    "bool": _truth,
    "torch.is_tensor": _is_tensor,
    "eval": _evaluated_text,
    "ast.literal_eval": _evaluated_text,
    "exec": _executed,
    "list": _sequence,
    "tuple": _sequence,
    "sorted": _sequence,
    "reversed": _sequence,
    "iter": _sequence,
    "next": _first,
    "enumerate": _enumerated,
    "zip": _zipped,
    "range": _range,
    "isinstance": _is_instance,
    "dict": _mapping,
    "getattr": read_attribute,
    "os.environ.get": read_environment,
}

#: functions that give their argument in another type
_TEXT = frozenset("str int bool eval ast.literal_eval".split())

EXPRESSIONS: Expressions = {ast.Call: _call}
