"""Who enters a function: the references to it in the files of the project.

Asked only about a place that would be reported: a guard that every caller has passed holds in the function too, and
what every caller hands over is what a parameter holds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from devlint.analysis import roles
from devlint.analysis.answer import Guard, Visit
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.state import State
from devlint.analysis.trace import Trace
from devlint.analysis.value import ANYWHERE, UNKNOWN, Choice, Kind, Value, join

if TYPE_CHECKING:
    from devlint.analysis.index import Index
    from devlint.analysis.runs import Runs

#: decorators that leave a function to those who name it
_PLAIN = frozenset(
    "staticmethod classmethod property cached_property no_grad inference_mode enable_grad wraps contextmanager "
    "lru_cache cache abstractmethod override jit script torch_compile compile autocast custom_fwd custom_bwd".split()
)
#: what a call of a class makes
_MADE = (Kind.MODULE, Kind.INSTANCE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that may mean a function or class: a name, or an attribute of that name."""

    program: Program
    node: ast.Name | ast.Attribute

    @property
    def call(self) -> ast.Call | None:
        """The call that it is the function of."""
        parent = self.program.parents.get(self.node)
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None

    def may_mean(self, function: Function) -> bool:
        """Whether a name is bound, as far as its file says, to something of the function's file, and is more than an
        annotation."""
        if self.program.is_annotation(self.node):
            return False
        if isinstance(self.node, ast.Attribute) or self.program is function.program:
            return True
        return self.node.id in self.program.aliases or bool(self.program.stars)


@dataclass(frozen=True, slots=True)
class Entry:
    """What holds where a function is entered: the guards that were passed, and what is handed over, by parameter."""

    guards: frozenset[Guard]
    given: dict[str, Choice]

    def and_by(self, other: Entry) -> Entry:
        """What holds on this way and on another one."""
        names = self.given.keys() & other.given.keys()
        given = {name: join(self.given[name], other.given[name]) for name in names}
        return Entry(self.guards & other.guards, given)


def entry(runs: Runs, function: Function) -> Entry | bool:
    """What holds wherever a function is entered in one world. False where nothing live refers to it; True where nothing
    is known: nobody refers to it, too many do, somebody calls a method of that name on nobody knows what, or two ways
    have nothing in common."""
    if function.outer is not None or not all(map(is_plain, function.node.decorator_list)):
        return True
    if function.owner is None:
        return _by_name(runs, function, function.name)
    built = _by_name(runs, function, function.owner.name)
    called = True if function.name.startswith("__") else _by_name(runs, function, function.name)
    if isinstance(built, Entry) and isinstance(called, Entry):
        return Entry(built.guards | called.guards, called.given)
    if built is False or called is False:
        return False
    return built if called is True else called


def is_plain(decorator: ast.expr) -> bool:
    """Whether a decorator leaves a function to those who name it."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")) in _PLAIN


def _by_name(runs: Runs, function: Function, name: str) -> Entry | bool:
    """The same by the references of a name: that of the function, or of its class. Of a name that is written too often
    to look everywhere, only what the calls in its own file hand over counts."""
    everywhere = runs.project.index.references(name)
    known = everywhere or ()
    if everywhere is None or _is_test(function.program):  # whose references are not in the index
        known = (*known, *(Reference(function.program, node) for node in function.program.named(name)))
    found: Entry | None = None
    dead = False
    for reference in _ordered(known, function):
        trace = runs.informed(reference.program, reference.program.unit_at(reference.node))
        visits = visited(trace, reference)
        for visit in visits:
            means = _means(runs, visit, reference, function, name)
            if means is None:
                return True
            if means:
                here = _entry(runs, trace, visit, reference, function, name)
                found = here if found is None else found.and_by(here)
        if found is not None and not found.guards and not found.given:
            return True
        dead |= everywhere is not None and not visits and _is_closed_here(runs, reference, function)
    if found is None:
        return not dead
    return found if everywhere is not None else Entry(frozenset(), found.given)


def _is_closed_here(runs: Runs, reference: Reference, function: Function) -> bool:
    """Whether control gets to a reference on the other kind of machine: then it is this one that closes it."""
    if reference.program is not function.program and not isinstance(reference.node, ast.Name):
        return False
    trace = runs.opposite.informed(reference.program, reference.program.unit_at(reference.node))
    return bool(visited(trace, reference))


def _ordered(references: Iterable[Reference], function: Function) -> list[Reference]:
    """The references that may mean a function, those of its own file first: it is known already."""
    outside = [one for one in references if one.node not in function.nodes and one.may_mean(function)]
    return sorted(outside, key=lambda one: one.program is not function.program)


def visited(trace: Trace, reference: Reference) -> list[Visit]:
    """How control reaches a name, or gets past the object whose attribute it is."""
    node = reference.node
    direct = trace.visits.get(node, [])
    if direct or not isinstance(node, ast.Attribute):
        return direct
    return [visit for visit in trace.visits.get(node.value, ()) if not visit.value.never]


def _means(runs: Runs, visit: Visit, reference: Reference, function: Function, name: str) -> bool | None:
    """Whether what is reached here is the function, or the class it belongs to; None where nobody knows."""
    found = [_meant(runs, value, reference, function, name) for value in visit.value]
    return None if None in found else any(found)


def _meant(runs: Runs, value: Value, reference: Reference, function: Function, name: str) -> bool | None:
    if value.kind is Kind.LIBRARY and isinstance(reference.node, ast.Attribute):
        linked = runs.imported(f"{value.name}.{name}")
        return linked is not None and linked.any(lambda v: _is(v, function))
    if isinstance(reference.node, ast.Attribute) and value.kind in (Kind.UNKNOWN, Kind.MOVABLE):
        return None if function.owner is not None else False
    return _is(value, function) or _may_be_overridden_by(runs, value, reference, function)


def _may_be_overridden_by(runs: Runs, value: Value, reference: Reference, function: Function) -> bool:
    """Whether a base of a method's class calls on itself what the method is there for."""
    unit = reference.program.unit_at(reference.node)
    if value.kind not in _MADE or value.subject is None or unit is None or unit.owner is not value.subject.node:
        return False
    own = runs.of(function.program).subject(function) if function.owner is not None else None
    return own is not None and any(ancestor.node is unit.owner for ancestor in own.ancestors())


def _is(value: Value, function: Function) -> bool:
    """Whether a value is the function, its class, or an instance of that."""
    if value.kind is Kind.FUNCTION:
        return value.subject is not None and value.subject[0] is function
    if value.subject is None or function.owner is None or isinstance(value.subject, str):
        return False
    return any(ancestor.node is function.owner for ancestor in value.subject.ancestors())


def _entry(runs: Runs, trace: Trace, visit: Visit, reference: Reference, function: Function, name: str) -> Entry:
    call = reference.call
    given: dict[str, Choice] = {}
    if call is not None and name == function.name:
        given = dict(_left_out(runs, call, function)) | dict(_given(trace, call, function))
    return Entry(visit.guards, {name: value for name, value in given.items() if _tells(function, value)})


def _tells(function: Function, given: Choice) -> bool:
    """Whether what is handed over says more than its parameter; what nobody has set yet takes nothing from that."""
    known = given.where(lambda value: value.kind is not Kind.NONE)
    return bool(known) and known.all(partial(_is_telling, function))


def _is_telling(function: Function, value: Value) -> bool:
    """Whether a value that is handed over says more than its parameter: where data is, what a device is; the settings
    of today's callers are not those of tomorrow's. The inputs of ``forward`` are where its module is, unless somebody
    knows better."""
    if value.is_data:
        return value.place is not None and (value.place != ANYWHERE or function.name != "forward")
    return value.is_device or value.kind in (Kind.NDARRAY, Kind.LIST, Kind.TUPLE, Kind.DICT, Kind.INSTANCE, Kind.LOADER)


def _given(trace: Trace, call: ast.Call, function: Function) -> Iterator[tuple[str, Choice]]:
    """What a call hands over, by parameter; nothing for what it leaves to a default or hides behind a star."""
    spec = function.node.args
    names = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]
    if function.owner is not None and not function.decorated("staticmethod"):
        del names[:1]
    for name, argument in zip(names, call.args, strict=False):
        if isinstance(argument, ast.Starred):
            break
        yield name, _value(trace, argument)
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, _value(trace, keyword.value)


def _left_out(runs: Runs, call: ast.Call, function: Function) -> Iterator[tuple[str, Choice]]:
    """The devices that a call leaves to the defaults of a script or of tests: nobody else calls these."""
    program = function.program
    if not program.is_script and not _is_test(program):
        return
    ev = runs.of(program).evaluator
    for parameter, default in function.defaults.items():
        if leaves_out(call, function, parameter.arg):
            with ev.at_module_level(None):
                value = ev.evaluate(default, State({}))
            if value.only.is_device:
                yield parameter.arg, value


def _is_test(program: Program) -> bool:
    return Guard.DATA in roles.of_path(program.from_root)


def _value(trace: Trace, node: ast.expr) -> Choice:
    return join(*(visit.value for visit in trace.visits.get(node, ()))) if node in trace.visits else UNKNOWN


def leaving_out(runs: Runs, function: Function, parameter: str) -> Iterator[tuple[Reference, Visit]]:
    """The calls of a function, for certain its own and reached in one world, that leave a parameter to its default."""
    name = function.owner.name if function.owner is not None and function.name == "__init__" else function.name
    for reference in called(runs.project.index, function, name):
        call = reference.call
        if call is not None and leaves_out(call, function, parameter):
            trace = runs.informed(reference.program, reference.program.unit_at(reference.node))
            for visit in visited(trace, reference):
                if _means(runs, visit, reference, function, name):
                    yield reference, visit


def calls(runs: Runs, function: Function) -> list[Reference]:
    """The calls that may be of a function, as far as its name tells; first those that are for certain."""
    name = function.owner.name if function.owner is not None and function.name == "__init__" else function.name
    ranked = []
    for reference in called(runs.project.index, function, name):
        if reference.call is not None:
            trace = runs.informed(reference.program, reference.program.unit_at(reference.node))
            means = [_means(runs, visit, reference, function, name) for visit in visited(trace, reference)]
            if True in means or None in means or not means:
                ranked.append((True not in means, reference))
    return [reference for _, reference in sorted(ranked, key=lambda pair: pair[0])]


def applications(runs: Runs, function: Function) -> Iterator[tuple[Program, ast.Call]]:
    """The calls of instances of the class that ``function`` is a method of, in files that name the class: who calls a
    module calls its ``forward``."""
    assert function.owner is not None
    references = called(runs.project.index, function, function.owner.name)
    for program in dict.fromkeys((function.program, *(reference.program for reference in references))):
        for node in program.expressions.values():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                visits = runs.informed(program, program.unit_at(node)).visits.get(node.func, ())
                if any(value.kind in _MADE and _is(value, function) for visit in visits for value in visit.value):
                    yield program, node


def called(index: Index, function: Function, name: str) -> list[Reference]:
    """Where a name may mean a function or its class, in its own file and, unless it is written too often, in others."""
    nearby = [Reference(function.program, node) for node in function.program.named(name)]
    others = (one for one in index.references(name) or () if one.program is not function.program)
    return _ordered((*nearby, *others), function)


def leaves_out(call: ast.Call, function: Function, parameter: str) -> bool:
    """Whether a call of a function leaves a parameter to its default."""
    spec = function.node.args
    names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
    if function.owner is not None and not function.decorated("staticmethod"):
        del names[:1]
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return False  # it may be behind the star
    return parameter not in (*names[: len(call.args)], *(one.arg for one in call.keywords))
