"""Where something on the CPU is made half precision, and by which choice."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devlint.analysis import syntax, torch_facts
from devlint.analysis.answer import Guard, Visit
from devlint.analysis.definitions import Function
from devlint.analysis.fetching import is_fetched
from devlint.analysis.half_uses import is_computed_with
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.state import Devices
from devlint.analysis.trace import Trace
from devlint.analysis.twins import asks_for_hardware, forgets_device
from devlint.analysis.uses import feeds
from devlint.analysis.value import ANYWHERE, Choice, Kind, Value, join
from devlint.world import World

if TYPE_CHECKING:
    from devlint.analysis.run import Run

#: what may hold numbers in half precision; a call of ``.half()`` says so of an unknown value
_DATA = (Kind.TENSOR, Kind.MODULE, Kind.MOVABLE, Kind.UNKNOWN)


Visits = Mapping[ast.AST, list[Visit]]


@dataclass(frozen=True, slots=True)
class Halved:
    """A call that makes something half precision, what comes of the expression around it, and where that choice was
    written down: the call itself where nothing was chosen."""

    at: ast.Call
    root: ast.expr
    value: Value


def halved(run: Run, calls: Iterable[ast.Call], trace: Callable[[Function | None], Trace]) -> Iterator[Halved]:
    """What some calls of a file make half precision on the CPU in one world."""
    program, world = run.program, run.runs.world
    if world.device != "cpu":
        return
    for node in calls:
        result = _result(program, node)
        if result is None or _is_stored(program, result):
            continue
        unit = program.unit_at(node)
        found = trace(unit)
        visits = found.visits
        by_hardware = asks_for_hardware(program, node)
        near = found.devices.get(program.statement_lines[node])
        if world.accelerator is not None and not by_hardware and not _selects_cpu(run, unit, near):
            continue
        values = [value for visit in visits.get(result, ()) for value in visit.value if _on_cpu(value, world)]
        for visit in visits.get(node, ()) if values else ():
            others = visit.guards - {Guard.HALF}
            if others and not (others == {Guard.DTYPE} and (by_hardware or forgets_device(program, node))):
                continue
            chosen = _chosen(program, node, visits, visit.halves)
            if chosen is None or not is_computed_with(program, node, result, values[0]):
                continue
            if not is_fetched(program, node, visits):
                yield Halved(node, chosen, values[0])


def _chosen(program: Program, node: ast.Call, visits: Visits, on_the_way: frozenset[ast.expr]) -> ast.expr | None:
    """Where half precision was chosen for a call: on the way to it, in the dtype it is given, or right here; None where
    it is not half precision."""
    given = [node] if isinstance(node.func, ast.Attribute) and node.func.attr == "half" else list(_dtypes(node, visits))
    if not given:
        return None
    chosen = {*on_the_way, *(one for one in given if one is not node)}
    if not chosen:
        return node
    return min(chosen, key=lambda one: (one.lineno, one.col_offset))


def _dtypes(node: ast.Call, visits: Visits) -> Iterator[ast.expr]:
    """Where the half precision dtype was chosen that a call is given: the call itself where it is written there."""
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        value: Choice = join(Choice(), *(visit.value for visit in visits.get(argument, ())))
        for one in value:
            if one.kind is Kind.DTYPE and one.name in torch_facts.HALF:
                if one.half is not None:
                    yield one.half
                elif isinstance(argument, ast.Attribute) and value.const is not None and len(value) == 1:
                    yield node


def _selects_cpu(run: Run, unit: Function | None, near: Devices | None) -> bool:
    """Whether every device that is at hand where something is made half precision is the CPU, though there are others:
    what is still on the CPU may have yet to be moved."""
    held = [*(near or {}).values(), *(run.devices(unit).values() if unit is not None else ())]
    return bool(held) and all(places == {"cpu"} for places in held)


def _on_cpu(value: Value, world: World) -> bool:
    """Whether a value computes on the CPU: for certain, or because the world has nothing else."""
    here = value.place == "cpu" or (world.accelerator is None and value.place in (None, ANYWHERE))
    return here and value.kind in _DATA


def _result(program: Program, node: ast.expr) -> ast.expr | None:
    """What the chain of methods around makes of the result; None where it is made wide again."""
    method = program.parents.get(node)
    if not isinstance(method, ast.Attribute):
        return node
    if method.attr in ("float", "double"):
        return None
    call = program.parents.get(method)
    if not isinstance(call, ast.Call) or call.func is not method:
        return node
    return None if any(keyword.arg == "dtype" for keyword in call.keywords) else _result(program, call)


def _is_stored(program: Program, node: ast.expr) -> bool:
    """Whether nothing computes with a value: it is saved, or goes into a state dict one entry after the other."""
    match program.parents.get(node):
        case ast.DictComp():
            return True
        case ast.Assign(targets=[ast.Subscript(slice=key)]):
            return isinstance(key, ast.Name)
    return feeds(program, node) == frozenset({"save"})


# -- by the choice


def by_root(
    run: Run, calls: Iterable[ast.Call], trace: Callable[[Function | None], Trace]
) -> Mapping[ast.expr, tuple[Halved, ...]]:
    """The same by where half precision was chosen, each call once."""
    found: dict[ast.expr, dict[ast.Call, Halved]] = {}
    for one in halved(run, calls, trace):
        found.setdefault(one.root, {}).setdefault(one.at, one)
    return {root: tuple(calls.values()) for root, calls in found.items()}


def bound_name(program: Program, node: ast.expr) -> str | None:
    """The name that an expression is bound to where it stands: by an assignment, or as the default of a parameter."""
    match program.parents.get(node):
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return last_name(target)
        case ast.arguments() as spec:
            names = [*spec.posonlyargs, *spec.args]
            held = dict(zip(reversed(spec.defaults), reversed(names), strict=False))
            held |= {default: name for default, name in zip(spec.kw_defaults, spec.kwonlyargs, strict=True) if default}
            return held[node].arg if node in held else None
    return None


def exported(program: Program, visits: Visits, root: ast.expr) -> Iterator[str]:
    """Environment variables under which a file hands a choice on to other processes."""
    for node in visits:
        match program.parents.get(node):
            case ast.Assign(targets=[ast.Subscript(value=mapping, slice=ast.Constant(value=str(key)))], value=value):
                if value is node and program.name(mapping) == "os.environ":
                    if any(one.half is root for visit in visits[node] for one in visit.value):
                        yield key


def environment_variable(program: Program, root: ast.expr) -> str | None:
    """The environment variable that a choice is read from."""
    for node in syntax.walk(root):
        if isinstance(node, ast.Call) and program.name(node.func) == "os.environ.get" and node.args:
            key = node.args[0]
            return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
    return None
