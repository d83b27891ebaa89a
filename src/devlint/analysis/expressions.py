"""What names, attributes and containers mean."""

from __future__ import annotations

import ast
import builtins

from devlint.analysis import halves, lexicon, torch_facts
from devlint.analysis.conditions import compound, condition
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.instances import attribute_of_instance
from devlint.analysis.mixtures import meet_index
from devlint.analysis.names import canonical, item_of, last_name, path_of
from devlint.analysis.ranks import of_part
from devlint.analysis.state import State, joined
from devlint.analysis.twins import forgets_device
from devlint.analysis.value import (
    ANYWHERE,
    BOOL,
    MISSING,
    NDARRAY,
    NEVER,
    NUMBER,
    UNKNOWN,
    UNKNOWN_VALUE,
    Choice,
    Kind,
    Provenance,
    Value,
    constant,
    join,
)
from devlint.finding import Because

#: of a long display only this many parts are kept apart
PARTS = 32

# -- names and attributes

_BUILTINS = frozenset(
    "eval exec range len str int float round bool list tuple reversed sorted iter next enumerate zip dict set "
    "isinstance super getattr hasattr exit quit abs sum min max print open map filter any all type id callable".split()
)


def _name(ev: Evaluator, node: ast.Name, state: State) -> Choice:
    ev.mention(node.id, state)
    value = ev.lookup(node.id, state)
    if value is None:
        library = node.id if node.id in _BUILTINS else ev.program.starred(node.id)
        if library is not None:
            return Choice(Value(Kind.LIBRARY, name=library))
        value = NEVER if _is_bound_nowhere(ev, node.id) else UNKNOWN
    return believed(ev, node, value)


#: names that are there on some system, in a newer Python, or by who runs a file
_GIVEN = frozenset(
    "_ WindowsError ExceptionGroup BaseExceptionGroup PythonFinalizationError get_ipython display profile".split()
)


def _is_bound_nowhere(ev: Evaluator, name: str) -> bool:
    """Whether reading a name is a ``NameError`` on every machine; a snippet leaves open what is around it."""
    program, project = ev.program, ev.runs.project
    if project.root is None or name.startswith("__") or name in _GIVEN or hasattr(builtins, name):
        return False
    return not program.may_bind(name) and not project.index.is_set_on_others(name)


def believed(ev: Evaluator, node: ast.expr, value: Choice) -> Choice:
    """An unknown value that the function around uses as a tensor is one; where it lives, nobody has said."""
    if len(value) == 1 and value.only == UNKNOWN_VALUE and ev.believed(node):
        return Choice(Value(Kind.TENSOR, ANYWHERE, because=Because.BELIEF))
    return value


def _attribute(ev: Evaluator, node: ast.Attribute, state: State) -> Choice:
    ev.mention("." + node.attr, state)
    path = path_of(node)
    known = state.get(path) if path is not None else None
    if known is not None:
        if not isinstance(node.value, ast.Name):
            ev.evaluate(node.value, state)
        else:
            ev.visit(node.value, ev.lookup(node.value.id, state) or UNKNOWN, state)
        return known
    base = ev.evaluate(node.value, state)
    if node.attr == "device" and base.all(lambda v: v.kind is Kind.UNKNOWN) and _names_data(node.value):
        name = None if last_name(node.value) in _WEIGHTS else "named"
        return Choice(_device_of_data(ev, Value(Kind.TENSOR, ev.run)).but(name=name, because=Because.BELIEF))
    found = base.flat_map(lambda value: attribute(ev, value, node.attr))
    chosen = ev.program.half_fields.get(node.attr)
    if chosen is not None and found.all(lambda v: v.kind is Kind.UNKNOWN):  # some record, as far as anybody knows
        return join(BOOL, constant(True).map(lambda v: v.but(half=chosen)))
    return believed(ev, node, found)


#: what modules alone call so
_WEIGHTS = ("weight", "bias")


def _names_data(node: ast.expr) -> bool:
    """Whether an unknown object is named like a model or a parameter: its ``device`` is a ``torch.device``."""
    name = last_name(node) or ""
    return name in _WEIGHTS or (lexicon.names_model(name) and not lexicon.names_namespace(name))


def _device_of_data(ev: Evaluator, base: Value) -> Value:
    """``tensor.device``: on an accelerator it always has its index."""
    kind = Kind.DEVICE if base.kind is Kind.TENSOR else Kind.SELECTED
    indexed = True if base.place not in (None, ANYWHERE, "cpu") else None
    return Value(kind, base.place or ev.run, indexed=indexed, because=base.because)


#: what is where its tensors are
_PLACED = (Kind.MODULE, Kind.BATCH, Kind.UNKNOWN)


def attribute(ev: Evaluator, base: Value, name: str) -> Choice:
    """``base.name`` for one alternative."""
    match base.kind:
        case Kind.LIBRARY:
            dotted = canonical(f"{base.name}.{name}")
            return ev.runs.imported(dotted) or _library(ev, dotted)
        case Kind.TENSOR | Kind.MOVABLE:
            return _tensor_attribute(ev, base, name)
        case Kind.NDARRAY if name == "device":
            return constant("cpu").map(lambda v: v.but(place="cpu", indexed=False))
        case Kind.DEVICE | Kind.SELECTED:
            if name == "type":
                known = base.place not in (None, ANYWHERE)
                text = Value(Kind.STR, base.place, base.place if known else MISSING, indexed=False)
                return Choice(text.but(name=base.name, origin=base.origin) if base.kind is Kind.DEVICE else text)
            return UNKNOWN
        case Kind.GENERATOR if name == "device" and base.place is not None:
            return Choice(Value(Kind.DEVICE, base.place))
        case Kind.MODULE | Kind.INSTANCE | Kind.CLASS if base.subject is not None:
            found = attribute_of_instance(ev, base, name)
            if found is not None:
                return found
    if name == "data" and base.kind is Kind.UNKNOWN:
        return Choice(Value(Kind.UNKNOWN, ev.attached_to(), attached=True, because=Because.BELIEF))
    if name == "is_cuda":
        return BOOL if ev.has("cuda") else constant(False)
    if base.kind is Kind.MODULE:
        if name in _WEIGHTS:
            placed = Provenance.MODULE if base.place else None
            return Choice(Value(Kind.TENSOR, base.place, attached=True, because=Because.ROLE, provenance=placed))
        if name == "module":
            return Choice(base.but(name=None))
    if lexicon.names_device(name):
        if name in ev.program.listed_devices:
            return Choice(Value(Kind.SELECTED, ev.run, indexed=False))
        place = base.place if base.kind in _PLACED else None
        return Choice(Value(Kind.SELECTED, place or ev.run))
    return UNKNOWN


def _library(ev: Evaluator, name: str) -> Choice:
    head, _, last = name.rpartition(".")
    if head == "torch" and last in torch_facts.DTYPES:
        return Choice(Value(Kind.DTYPE, name=last))
    if name in ("torch.version.cuda", "torch.has_cuda"):
        ev.runs.ask("build")
    if name == "torch.version.cuda":
        return Choice(
            Value(Kind.STR, name=name) if ev.world.build == "cuda" else Value(Kind.NONE, const=None, name=name)
        )
    if name == "torch.has_cuda":
        return constant(ev.world.build in ("cuda", "rocm"))
    if not name.startswith("torch") and lexicon.names_device(last):
        return ev.selected()
    return Choice(Value(Kind.LIBRARY, name=name))


def _tensor_attribute(ev: Evaluator, base: Value, name: str) -> Choice:
    if name == "device":
        return Choice(_device_of_data(ev, base))
    if name == "is_cuda":
        if base.place in (None, ANYWHERE):
            return BOOL if ev.has("cuda") else constant(False)
        return constant(base.place == "cuda")
    if name in torch_facts.HOST_ATTRIBUTES:
        return Choice(Value(Kind(torch_facts.HOST_ATTRIBUTES[name])))
    if name == "data" and base.place == ANYWHERE:
        return Choice(base.but(place=ev.attached_to(), attached=True))
    if name in torch_facts.DATA_ATTRIBUTES:
        return Choice(base)
    if name in torch_facts.OUTPUT_ATTRIBUTES:
        return Choice(base.but(kind=Kind.TENSOR))
    return UNKNOWN


# -- containers


def _parts(ev: Evaluator, nodes: list[ast.expr], state: State) -> list[Choice]:
    values = [ev.evaluate(node, state) for node in nodes[:PARTS]]
    if len(nodes) > PARTS:
        values.append(UNKNOWN)
    return values


def _tuple(ev: Evaluator, node: ast.Tuple, state: State) -> Choice:
    parts = _parts(ev, node.elts, state)
    return Choice(Value(Kind.TUPLE, elements=tuple(enumerate(parts))))


def _list(ev: Evaluator, node: ast.List | ast.Set, state: State) -> Choice:
    parts = _parts(ev, node.elts, state)
    elements = ((None, join(*parts)), *enumerate(parts)) if parts else ()
    return Choice(Value(Kind.LIST, elements=elements))


def _dict(ev: Evaluator, node: ast.Dict, state: State) -> Choice:
    elements = []
    for key, item in list(zip(node.keys, node.values, strict=True))[:PARTS]:
        if key is not None:
            ev.evaluate(key, state)
        value = ev.evaluate(item, state)
        if isinstance(key, ast.Constant):
            elements.append((key.value, value))
    return Choice(Value(Kind.DICT, elements=tuple(elements)))


def _subscript(ev: Evaluator, node: ast.Subscript, state: State) -> Choice:
    path = path_of(node) or item_of(node)
    known = state.get(path) if path is not None else None
    base = ev.evaluate(node.value, state)
    index = ev.evaluate(node.slice, state)
    if known is not None:
        return known
    meet_index(ev, node, base, index, state)
    return believed(ev, node, base.flat_map(lambda value: _part(ev, value, node, index)) or UNKNOWN)


def _part(ev: Evaluator, base: Value, node: ast.Subscript, index: Choice) -> Choice:
    found = subscript(ev, base, index.const)
    if base.kind not in (Kind.TENSOR, Kind.MOVABLE):
        return found
    return found.map(lambda part: part.but(scalar=of_part(base, node.slice, index)))


def subscript(ev: Evaluator, base: Value, key: object) -> Choice:
    """``base[key]`` for one alternative, empty for an empty list; ``key`` is MISSING when it is not constant."""
    if base.kind in (Kind.TENSOR, Kind.MOVABLE):
        # what has keys is no tensor: an output of a model, whose parts may be anything on its device
        return Choice(base.but(kind=Kind.MOVABLE if isinstance(key, str) else Kind.TENSOR, scalar=None))
    if base.kind is Kind.BATCH:
        return Choice(base)
    if base.kind is Kind.LIST and base.elements == ():
        return Choice()
    if base.elements is not None:
        part = base.element(key) if key is not MISSING else None
        if part is None and isinstance(key, int) and key < 0:
            part = base.element(len(base.elements) + key) if base.kind is Kind.TUPLE else None
        part = part or base.element(None)
        if part is not None:
            return part
        parts = join(*(part for _, part in base.elements))
        if key is MISSING and parts.all(lambda v: v.is_mock):
            return parts
    if base.kind is Kind.NDARRAY:
        return NDARRAY
    if isinstance(key, str) and lexicon.names_device(key):
        return ev.selected()
    return UNKNOWN


def element(ev: Evaluator, base: Value, node: ast.expr | None) -> Choice:
    """What iterating over a value gives."""
    if base.kind is Kind.LOADER:
        known = Provenance.READ if base.place == "cpu" else None
        return Choice(Value(Kind.BATCH, base.place, because=Because.ROLE, provenance=known))
    if base.kind in (Kind.TENSOR, Kind.BATCH):
        return Choice(base.but(scalar=None))
    if base.kind is Kind.LIST and base.elements:
        return base.element(None) or UNKNOWN
    if base.kind is Kind.TUPLE and base.elements:
        return join(*(part for _, part in base.elements))
    if base.kind is Kind.LIBRARY and base.name == "range":
        return NUMBER
    return UNKNOWN


# -- the rest


def _boolean(ev: Evaluator, node: ast.BoolOp, state: State) -> Choice:
    return compound(ev, node, state).value


def _conditional(ev: Evaluator, node: ast.IfExp, state: State) -> Choice:
    test = condition(ev, node.test, state)
    if test.truth is not None:
        side = test.when_true if test.truth else test.when_false
        return halves.hanging(ev.evaluate(node.body if test.truth else node.orelse, side), side, state)
    one, two = ev.evaluate(node.body, test.when_true), ev.evaluate(node.orelse, test.when_false)
    if halves.asks_for_dtype(node.test, ev.program):  # one dtype stands in for another that somebody asked for
        two = halves.asked_for("", two, test.when_false)
    if not forgets_device(ev.program, node.body):
        one = halves.hanging(one, test.when_true, state)
    return joined(one, test.when_true, two, test.when_false)


def _named(ev: Evaluator, node: ast.NamedExpr, state: State) -> Choice:
    value = ev.evaluate(node.value, state)
    state.set(node.target.id, value)
    return value


def _lambda(ev: Evaluator, node: ast.Lambda, state: State) -> Choice:
    inner = state.copy()
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        inner.values[argument.arg] = UNKNOWN
    ev.evaluate(node.body, inner)
    return Choice(Value(Kind.FUNCTION))


def _awaited(ev: Evaluator, node: ast.Await | ast.Starred, state: State) -> Choice:
    return ev.evaluate(node.value, state)


def _slice(ev: Evaluator, node: ast.Slice, state: State) -> Choice:
    for bound in (node.lower, node.upper, node.step):
        if bound is not None:
            ev.evaluate(bound, state)
    return Choice(Value(Kind.SLICE))


EXPRESSIONS: Expressions = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.NamedExpr: _named,
    ast.Lambda: _lambda,
    ast.Await: _awaited,
    ast.Starred: _awaited,
}
