"""What the analysis believes of the expressions of a place, world by world, in a form that a stand-in can take."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from devlint.analysis import lexicon
from devlint.analysis.answer import Visit
from devlint.analysis.file import FileAnalysis
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.value import MISSING, Kind, Provenance, Value
from devlint.scenario import device_of
from devlint.world import Request, World

#: the kind of a thing, and what there is to say about it
Belief = dict[str, Any]
#: an expression, as ``ast.unparse`` writes it -> what stands in for it where the program does not say what it is
Beliefs = dict[str, Belief]

_CONSTANTS = (bool, int, float, str, type(None))
#: attributes that a module has and a tensor has not
_OF_MODULES = frozenset("load_state_dict state_dict eval train parameters named_parameters modules children".split())
#: what a network is given and what it makes are tensors, and nothing that may be taken in place of them
_OF_NETWORKS = (Provenance.INPUT, Provenance.MODULE)
#: kinds of what has no parts by name
_NUMBERS = ("tensor", "array", "batch")
_PLACED = {Kind.TENSOR: "tensor", Kind.MOVABLE: "tensor", Kind.MODULE: "module", Kind.DEVICE: "device"}


def beliefs(
    analysis: FileAnalysis, function: ast.AST | None, place: ast.AST | None, worlds: Iterable[World]
) -> dict[str, Beliefs]:
    """What is believed of the expressions in a function, or at the module level, by world. What comes of a place
    itself is for the program to say, unless it is a request.

    What reads a request gives what the world requests, whatever its reader would make of an empty command line.
    """
    return {world.name: _beliefs(analysis, function, place, world) for world in worlds}


def _beliefs(analysis: FileAnalysis, function: ast.AST | None, place: ast.AST | None, world: World) -> Beliefs:
    program = analysis.program
    unit = program.unit_of(program.by_node[function]) if function is not None else None
    visits = analysis.trace(unit, world).visits
    inside = set(ast.walk(function)) if function is not None else set(visits)
    said = set[str]()
    while isinstance(place, ast.expr):
        if not isinstance(place, ast.Name):
            said.add(ast.unparse(place))
        place = program.parents[place]
    # where names may be bound by more than the statements that say so, a setting is only its default
    settings = program.settings if program.is_reflective else frozenset()
    modules = {ast.unparse(node) for node in inside if _is_used_as_module(node, program)}
    owners = {ast.unparse(node.value) for node in inside if isinstance(node, ast.Attribute)}
    records = {ast.unparse(node.value) for node in inside if _is_of_record(node)}
    found: Beliefs = {}
    for node, seen in visits.items():
        if node in inside and isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            text = ast.unparse(node)
            is_torch = (program.name(node) or "").partition(".")[0] == "torch"
            is_asked = not is_torch and not _is_where_data_is(node, visits)
            belief = _chosen_backend(node, program, world) or _requested(node, seen, world) if is_asked else None
            if belief is None:
                belief = _belief(seen, world)
                if belief is not None and belief["kind"] == "tensor" and text in modules:
                    belief["kind"] = "module"
                if belief is not None and belief["kind"] in _NUMBERS and text in records:
                    belief = None  # its parts are
                if belief is not None and belief.get("value", belief) is None and text in owners:
                    belief = None  # whoever asks for an attribute has seen to it
                if belief is not None and text in settings:
                    belief["rebound"] = True
                if belief is not None and _is_said_by_world(node, belief):
                    belief["by_world"] = True
            if belief is not None and (text not in said or belief["kind"] == "constant"):
                found.setdefault(text, belief)
    return found


def _is_used_as_module(node: ast.AST, program: Program) -> bool:
    """Whether something is called, or asked for what only modules have; whoever moves it says no more than that it can
    be moved."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.Call):
        return parent.func is node and isinstance(node, ast.Name | ast.Attribute)
    return isinstance(parent, ast.Attribute) and parent.value is node and parent.attr in _OF_MODULES


def _is_of_record(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """Whether an expression is a part that has a name."""
    match node:
        case ast.Subscript(slice=ast.Constant(str())):
            return True
    return False


def _is_where_data_is(node: ast.expr, visits: Mapping[ast.AST, Iterable[Visit]]) -> bool:
    """Whether an expression is the device of a tensor or module, whatever is requested."""
    if not isinstance(node, ast.Attribute) or node.attr != "device":
        return False
    return any(value.is_data for visit in visits.get(node.value, ()) for value in visit.value)


def _chosen_backend(node: ast.expr, program: Program, world: World) -> Belief | None:
    """The same for a backend beside torch's own, which a setting of the module may hold as well."""
    name = last_name(node)
    if name is None or not (_reads(node) or (isinstance(node, ast.Name) and name in program.settings)):
        return None
    if (backend := lexicon.switched_backend(name)) is not None:
        return {"kind": "constant", "value": world.backend == backend, "requested": True}
    if world.backend is not None and lexicon.names_backend(name):
        return {"kind": "constant", "value": world.backend, "requested": True}
    return None


def _requested(node: ast.expr, seen: Iterable[Visit], world: World) -> Belief | None:
    """What the user asks for, where an expression reads it: an option, a key, a variable of the environment."""
    name = last_name(node)
    if name is None or not _reads(node):
        return None
    if world.request is Request.NONE:
        return None
    value = next((value.const for visit in seen for value in visit.value if value.const is not MISSING), MISSING)
    if value is MISSING and (wanted := lexicon.polarity(name)):
        on = (wanted > 0) == (world.device != "cpu")
        if not lexicon.names_index(name):
            value = on
        elif on:  # who wants none names none
            value = world.index
    if value is MISSING and lexicon.names_device(name):
        value = device_of(world)
    if value is MISSING or not (lexicon.polarity(name) or lexicon.names_device(name)):
        return None
    return {"kind": "constant", "value": value, "requested": True} if isinstance(value, _CONSTANTS) else None


def _is_said_by_world(node: ast.expr, belief: Belief) -> bool:
    """Whether it is the device or the request of a world that an expression holds: who calls, or starts the program,
    says it in this world so."""
    name = last_name(node)
    if name is None or belief["kind"] not in ("constant", "device"):
        return False
    return lexicon.names_device(name) or bool(lexicon.polarity(name))


def _reads(node: ast.expr) -> bool:
    """Whether an expression reads an option, and is not what the program itself has made of it."""
    match node:
        case ast.Attribute(value=ast.Name(id=owner)):
            return owner != "self"
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "strip"), args=[]):
            return _reads(inner)
        case ast.Call(args=[inner]) if last_name(inner) is not None:  # ``str(device)``
            return _reads(inner)
        case ast.Subscript(value=ast.Name() | ast.Attribute()) | ast.Call():
            return True
    return False


def _belief(seen: Iterable[Visit], world: World) -> Belief | None:
    """The first thing that an expression may be and that something can stand in for."""
    return next(filter(None, (_told(value, world) for visit in seen for value in _likely(visit))), None)


def _likely(visit: Visit) -> Iterator[Value]:
    """What an expression may be: tensors before arrays, which a finding is not about, and None last, which a program
    mostly passes where it needs nothing."""
    yield from sorted(visit.value, key=lambda value: (value.kind is Kind.NONE, value.kind is Kind.NDARRAY))


def _told(value: Value, world: World) -> Belief | None:
    if value.const is not MISSING:
        return {"kind": "constant", "value": value.const} if isinstance(value.const, _CONSTANTS) else None
    # nothing gets to a device that is not there
    place = str(value.place) if value.place == "cpu" or world.has(str(value.place)) else world.device
    if value.index is not None and place != "cpu":
        place = f"{place}:{value.index}"
    if (kind := _PLACED.get(value.kind)) is not None:
        found = {"kind": kind, "place": place, "half": value.half is not None, "attached": value.attached}
        return found | {"surely": True} if value.provenance in _OF_NETWORKS else found
    match value.kind:
        case Kind.SELECTED if value.name == "annotated":
            return {"kind": "device", "place": place, "half": False, "attached": False}
        case Kind.SELECTED | Kind.STR if value.place is not None:
            return {"kind": "constant", "value": place}
        case Kind.NDARRAY:
            return {"kind": "array"}
        case Kind.BATCH:
            return {"kind": "batch"}
        case Kind.LOADER:
            return {"kind": "loader"}
        case Kind.DTYPE if value.name is not None:
            return {"kind": "dtype", "name": value.name.rpartition(".")[2]}
        case Kind.NONE:
            return {"kind": "constant", "value": None}
    return None
