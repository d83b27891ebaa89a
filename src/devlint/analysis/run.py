"""One file in one world: its units, evaluated when something is asked about them.

A *unit* is the module level or an outermost function or method. It is evaluated in a world when a rule first asks about
a place in it, and only if something live refers to it: a function whose every reference lies behind a guard that the
world does not pass is not reached there.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import (
    callers,
    calls,
    comparisons,
    comprehensions,
    expressions,
    lexicon,
    literals,
    operators,
    roles,
    statements,
)
from devlint.analysis.conditions import condition
from devlint.analysis.definitions import Function
from devlint.analysis.evaluator import Evaluator, Frame
from devlint.analysis.functions import enter
from devlint.analysis.instances import attribute_of_instance
from devlint.analysis.program import Program
from devlint.analysis.state import Devices, State, places
from devlint.analysis.subject import Subject
from devlint.analysis.trace import Trace
from devlint.analysis.value import UNKNOWN, Choice, Kind, Value

if TYPE_CHECKING:
    from devlint.analysis.runs import Runs

Unit = Function | None  # None: the module level

_EXPRESSIONS = {
    construct: meaning
    for module in (literals, expressions, operators, comparisons, comprehensions, calls)
    for construct, meaning in module.EXPRESSIONS.items()
}


class Run:
    """One file in one world: traces of its units, made when asked for."""

    def __init__(self, program: Program, runs: Runs) -> None:
        self.program = program
        self.runs = runs
        self.evaluator = Evaluator(program, runs, _EXPRESSIONS, statements.STATEMENTS)
        self.traces: dict[Unit, Trace] = {}
        self.alive: dict[Function, bool] = {}
        self.busy: set[Unit] = set()
        #: whether something nested too deeply to be evaluated
        self.exhausted = False

    def trace(self, unit: Unit) -> Trace:
        """What the evaluation of a unit saw; empty where the unit is not reached in this world."""
        module = self.evaluator.module
        if unit is None and unit not in self.traces:
            self.traces[unit] = Trace(facets=module.facets)
            with self._bounded(self.program.from_root):
                module.load(self.traces[unit])
        elif unit is not None and unit not in self.traces:
            self.traces[unit] = Trace()
            self.busy.add(unit)
            with self.runs.recorded(self.traces[unit].facets), self._bounded(self.program.from_root):
                self.subject(unit)
                if self.live(unit) and not self._skipped(unit):
                    self.evaluator.trace = self.traces[unit]
                    result = enter(self.evaluator, unit, unit.owner, guards=roles.of(self.program, unit))
                    self.traces[unit].ends = not result.never
            self.busy.discard(unit)
        self.runs.asked(self.traces[unit].facets)
        return self.traces[unit]

    def informed(self, unit: Unit) -> Trace:
        """The same with what its callers say: the guards that all of them passed, and what all of them hand over;
        empty where all of them are dead."""
        entry = callers.entry(self.runs, unit) if unit is not None else True
        if unit is None or entry is True:
            return self.trace(unit)
        trace = Trace()
        if isinstance(entry, callers.Entry) and self.trace(unit).visits:
            with self._bounded((self.program, unit)):
                self.evaluator.trace = trace
                guards = roles.of(self.program, unit) | entry.guards
                enter(self.evaluator, unit, unit.owner, keywords=entry.given, guards=guards)
        return trace

    @contextmanager
    def _bounded(self, topic: Hashable) -> Iterator[None]:
        """What nests deeper than Python's stack allows stays unknown from there on."""
        ev = self.evaluator
        depth, inlined = len(ev.frames), ev.inlined
        with self.runs.afresh(topic):  # which may nest too deeply as well: that is for whoever asks
            try:
                yield
            except RecursionError:
                self.exhausted = True
                del ev.frames[depth:]
                ev.inlined = inlined

    # -- devices in scope

    def devices(self, unit: Function) -> Devices:
        """Devices that a function finds around it, with their types: on its instance, on the first tensor parameter of
        ``forward``, in the module."""
        found = self._devices_around.get(unit)
        if found is None:
            with self.runs.project.grounds.under(self.program.from_root):
                found = self._devices_around[unit] = self._on_instance(unit) | self._in_module
        return found

    def subject(self, unit: Function) -> Subject | None:
        """The class of a method, once its statement was evaluated."""
        if unit.owner is None:
            return None
        self.evaluator.module.get(unit.qualname.partition(".")[0])
        return self.evaluator.subjects.get(unit.owner)

    def _on_instance(self, unit: Function) -> Devices:
        subject = self.subject(unit)
        names = unit.node.args.args
        if subject is None or not names or unit.decorated("staticmethod", "classmethod"):
            return {}
        this = Value(Kind.MODULE if subject.module else Kind.INSTANCE, self.evaluator.run, subject=subject)
        made = [
            name
            for name, writers in subject.node.stores.items()
            if lexicon.names_device(name) and unit.name != "__init__" and any(w.name == "__init__" for w in writers)
        ]
        held = {f"{names[0].arg}.{name}": attribute_of_instance(self.evaluator, this, name) or UNKNOWN for name in made}
        if subject.module and unit.name == "forward" and len(names) > 1:
            held[f"{names[1].arg}.device"] = self.evaluator.selected()
        return _devices_of(held)

    @cached_property
    def _in_module(self) -> Devices:
        ev = self.evaluator
        named = ev.module.named(self.program.surely_bound)
        return _devices_of({name: ev.linked(value) for name, value in named.items()})

    @cached_property
    def _devices_around(self) -> dict[Function, Devices]:
        return {}

    # -- liveness

    def live(self, function: Function) -> bool:
        """Whether something live refers to a function; what nobody in the file refers to is called from outside."""
        if function in self.alive:
            return self.alive[function]
        self.alive[function] = True  # recursion: assume the best
        self.alive[function] = self._can_be_imported and self._class_is_live(function) and self._is_mentioned(function)
        return self.alive[function]

    @property
    def _can_be_imported(self) -> bool:
        return not self.runs.project.extensions.is_needed_by(self.program) or self.evaluator.has("cuda")

    def _class_is_live(self, function: Function) -> bool:
        if function.owner is None:
            return True
        inside = set(function.owner.methods.values())
        return self._mentioned(function.owner.name, exclude=inside) and self._can_be_made(function)

    def _can_be_made(self, function: Function) -> bool:
        """Whether the constructor of a method's class lets anybody have an instance: one that refuses this machine and
        no other one does not."""
        subject = self.subject(function) if not function.constructs else None
        maker = subject.method("__init__") if subject is not None else None
        if maker is None or function.decorated("staticmethod", "classmethod"):
            return True
        refusing = maker[1]
        if self.runs.of(refusing.program).trace(refusing).ends:
            return True
        return not self.runs.opposite.of(refusing.program).trace(refusing).ends

    def _is_mentioned(self, function: Function) -> bool:
        name = function.name
        if name.startswith("__") or name == "forward":
            return True
        if function.owner is None:
            return self._mentioned(name, exclude={function})
        return not name.startswith("_") or self._mentioned("." + name, exclude={function})

    def _mentioned(self, name: str, exclude: set[Function]) -> bool:
        around = self.program.references.get(name, set()) - exclude
        if not around:
            return True
        units = {self.program.unit_of(scope) for scope in around}
        # a unit under evaluation that leads back here: functions that only call each other are called from outside
        return any(unit in self.busy or name in self.trace(unit).mentioned for unit in units)

    # -- decorators

    def _skipped(self, unit: Function) -> bool:
        """Whether a skip marker takes a test out of this world."""
        for decorator in self._decorators(unit):
            text = ast.unparse(decorator).lower()
            if "skip" not in text:
                if self._needs_cuda(decorator) and not self.evaluator.has("cuda"):
                    return True
                continue
            if isinstance(decorator, ast.Call) and decorator.args:
                self.evaluator.frames.append(Frame(None, None))
                with self.evaluator.quiet():
                    truth = condition(self.evaluator, decorator.args[0], State({})).truth
                self.evaluator.frames.pop()
                unless = "unless" in text.partition("(")[0]
                if truth is not None and truth is not unless:
                    return True
                if truth is None and self._needs_cuda(decorator) and not self.evaluator.has("cuda"):
                    return True
            elif self._needs_cuda(decorator) and not self.evaluator.has("cuda"):
                return True
        return False

    @staticmethod
    def _needs_cuda(decorator: ast.expr) -> bool:
        text = ast.unparse(decorator)
        about = set(lexicon.words(text)) & lexicon.ACCELERATOR
        return bool(about) and not any(word in text for word in ("amp", "autocast", "custom_fwd", "custom_bwd"))

    def _decorators(self, unit: Function) -> Iterable[ast.expr]:
        yield from unit.node.decorator_list
        if unit.owner is not None:
            yield from unit.owner.node.decorator_list


def _devices_of(held: dict[str, Choice]) -> Devices:
    """Of some names, those that hold a device."""
    return {name: found for name, value in held.items() if (found := places(value))}
