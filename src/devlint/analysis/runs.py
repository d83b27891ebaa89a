"""A project in one world: its files, each evaluated when something first asks for it."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from devlint.analysis import halvings, lexicon, subsystem
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import Function
from devlint.analysis.expressions import attribute
from devlint.analysis.halvings import Halved
from devlint.analysis.program import Program
from devlint.analysis.run import Run
from devlint.analysis.summaries import Descent, Summaries
from devlint.analysis.trace import Trace
from devlint.analysis.value import BOOL, NUMBER, UNKNOWN, Choice, Kind
from devlint.world import TARGETS, World

if TYPE_CHECKING:
    from devlint.analysis.project import Project


#: how far up the callers of callers are asked
CALLERS = 2


class Runs:
    """The files of a project in one world."""

    def __init__(self, project: Project, world: World) -> None:
        self.world = world
        self.project = project
        self._runs: dict[Program, Run] = {}
        self._imported: dict[str, tuple[Choice | None, set[str]]] = {}
        self._facets: set[str] = set()
        #: the evaluation at present, from file to file
        self.descent = Descent()
        self.summaries = Summaries()
        #: callers of callers that are asked at present
        self._callers = 0
        self._entrances: dict[Program, frozenset[Guard]] = {}
        self._informed: dict[tuple[Program, Function | None], Trace] = {}
        self._halvings: dict[tuple[Program, bool], Mapping[ast.expr, tuple[Halved, ...]]] = {}

    def of(self, program: Program) -> Run:
        """The run of a file."""
        self.project.grounds.note(program.from_root)
        if program not in self._runs:
            self._runs[program] = Run(program, self)
        return self._runs[program]

    def forget(self) -> None:
        """Forget what was seen in functions; what calls of them come to, and what names hold, is little and stays."""
        for run in self._runs.values():
            run.traces = {unit: trace for unit, trace in run.traces.items() if unit is None}
        self._informed.clear()
        self._halvings.clear()

    @property
    def opposite(self) -> Runs:
        """The project on another kind of machine: one that has CUDA, or where this one has, one without."""
        return self.project.runs(TARGETS["cpu" if self.world.device == "cuda" else "cuda"][0])

    @contextmanager
    def afresh(self, topic: Hashable) -> Iterator[None]:
        """Evaluate something that is kept for whoever asks next, whoever asks first; ``topic`` as in ``grounds``."""
        outer, self.descent = self.descent, Descent()
        try:
            with self.project.grounds.under(topic):
                yield
        finally:
            self.project.evaluated += self.descent.steps
            self.descent = outer

    # -- what is asked of the world

    def ask(self, facet: str) -> None:
        """Note that a value depends on an attribute of the world, besides the device that is computed on."""
        self._facets.add(facet)

    @contextmanager
    def recorded(self, facets: set[str]) -> Iterator[None]:
        """Add to a set what is asked of the world meanwhile."""
        outer, self._facets = self._facets, facets
        try:
            yield
        finally:
            outer |= facets
            self._facets = outer

    def asked(self, facets: set[str]) -> None:
        """Note that a value is used for which this was asked of the world."""
        self._facets |= facets

    # -- callers

    def informed(self, program: Program, unit: Function | None) -> Trace:
        """What evaluating a unit saw, with what its callers say, and theirs, as far as ``CALLERS``."""
        key = program, unit
        with self.project.grounds.under(key):
            run = self.of(program)
            if key not in self._informed:
                self._informed[key] = run.trace(unit)  # while its callers are asked: functions that call each other
                if self._callers < CALLERS:
                    facets: set[str] = set()
                    self._callers += 1
                    with self.recorded(facets):
                        self._informed[key] = run.informed(unit).behind(self._entrance(program))
                    self._callers -= 1
                    self._informed[key].facets |= facets
        self.asked(self._informed[key].facets)
        return self._informed[key]

    def _entrance(self, program: Program) -> frozenset[Guard]:
        """The guards behind which a whole file stands, by what it needs and who imports it."""
        with self.project.grounds.under((program, "entrance")):
            if program not in self._entrances:
                self._entrances[program] = frozenset()  # while its importers are asked
                needs = subsystem.needs_engine(self.project, program)
                found = frozenset({Guard.CONTRACT}) if needs else subsystem.entrance(self, program)
                self._entrances[program] = found
        return self._entrances[program]

    # -- half precision

    def halvings(self, program: Program, *, informed: bool) -> Mapping[ast.expr, tuple[Halved, ...]]:
        """What a file makes half precision on the CPU, by where that was chosen; ``informed`` by callers or not."""
        key = program, informed
        with self.project.grounds.under((*key, "halvings")):
            if key not in self._halvings:
                run = self.of(program)
                if informed:
                    plain = self.halvings(program, informed=False).values()
                    calls = [one.at for found in plain for one in found]
                    self._halvings[key] = halvings.by_root(run, calls, partial(self.informed, program))
                else:
                    self._halvings[key] = halvings.by_root(run, program.conversions, run.trace)
        return self._halvings[key]

    # -- names of other files

    def absolute(self, name: str, importer: Program) -> str | None:
        """What a name in an import statement means, as a name from the root; None when it is nothing of the project."""
        modules = self.project.modules
        return None if modules is None else modules.absolute(name, importer.from_root)

    def imported(self, name: str) -> Choice | None:
        """What a name from the root stands for; None when no file of the project says so."""
        modules = self.project.modules
        member = modules.member(name) if modules is not None else None
        program = self.project.program(member.file) if member is not None and member.rest else None
        if member is None or program is None:
            return None
        if name not in self._imported:
            facets: set[str] = set()
            self._imported[name] = None, facets  # while it is looked for: files that import it from each other
            with self.recorded(facets), self.project.grounds.under(program.from_root):
                found = self._member(program, member.rest)
            self._imported[name] = found, facets
        found, facets = self._imported[name]
        self.asked(facets)
        return found

    def _member(self, program: Program, path: str) -> Choice | None:
        first, *rest = path.split(".")
        value = self._global(program, first)
        ev = self.of(program).evaluator
        for part in rest:
            value = value.flat_map(partial(attribute, ev, name=part))
        if not value.all(lambda v: v.kind is Kind.UNKNOWN):
            return value
        return ev.selected() if lexicon.names_device(path.rpartition(".")[2]) else None

    def _global(self, program: Program, name: str) -> Choice:
        """What a file binds a name to, as other files see it: switches and numbers may be set anew by anybody."""
        value = self.of(program).evaluator.module.get(name)
        if value is None:
            return self.starred(program, name) or self._made_on_demand(program, name)
        if value.only.kind is Kind.LIBRARY and value.only.name:  # it comes from elsewhere in turn
            return self.imported(value.only.name) or value
        if name in program.settings and not lexicon.names_precision(name):
            return value.map(lambda v: {Kind.BOOL: BOOL.only, Kind.NUMBER: NUMBER.only}.get(v.kind, v))
        return value

    def _made_on_demand(self, program: Program, name: str) -> Choice:
        """What the ``__getattr__`` of a package gives for a name: the one thing of the project that is called so."""
        defined = self.project.index.binding(name) if "__getattr__" in program.bindings else None
        found = self.of(defined).evaluator.module.get(name) if defined not in (None, program) else None
        return found or UNKNOWN

    def starred(self, program: Program, name: str) -> Choice | None:
        """What ``from module import *`` of a file of the project binds a name to."""
        for module in program.stars:
            absolute = self.absolute(f"{module}.{name}", program)
            found = self.imported(absolute) if absolute is not None else None
            if found is not None:
                return found
        return None
