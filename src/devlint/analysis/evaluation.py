"""A file that is evaluated world by world, as far as somebody asks."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from devlint.analysis.answer import Span, Visit
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.project import Project
from devlint.analysis.run import Run
from devlint.analysis.trace import Trace
from devlint.analysis.value import Value
from devlint.finding import Place
from devlint.world import World


class Evaluation:
    """What evaluating one file has shown, by span."""

    def __init__(self, program: Program, worlds: tuple[World, ...], project: Project) -> None:
        self.program = program
        self.project = project
        self.worlds = worlds
        self._traces: dict[tuple[Function | None, bool], dict[World, Trace]] = defaultdict(dict)
        #: paths of other files in which something lies that makes a place of this one wrong
        self.causes: set[str] = set()
        #: worlds in which callers are asked
        self._asking: frozenset[str] = frozenset()

    def run(self, world: World) -> Run:
        """The file in one world."""
        return self.project.runs(world).of(self.program)

    def trace(self, unit: Function | None, world: World) -> Trace:
        """What evaluating a unit in a world saw; worlds that differ in nothing it asked for share one evaluation."""
        asking = world.name in self._asking
        traces = self._traces[unit, asking]
        if world not in traces:
            runs = self.project.runs(world)
            # what callers have in common does not hang on the build of torch
            less = {"build"} if asking else set()
            shared = (trace for known, trace in traces.items() if _alike(known, world, trace.facets - less))
            found = next(shared, None)
            if found is None:
                found = runs.informed(self.program, unit) if asking else runs.of(self.program).trace(unit)
            traces[world] = found
        return traces[world]

    @contextmanager
    def asking_callers(self, worlds: Collection[str]) -> Iterator[None]:
        """Answer with what the callers of functions say in some worlds, for the sake of a place that would be
        reported there."""
        self._asking = frozenset(worlds)
        try:
            yield
        finally:
            self._asking = frozenset()

    @property
    def exhausted(self) -> bool:
        """Whether some of the file nested too deeply to be looked at in full."""
        return any(self.run(world).exhausted for traces in self._traces.values() for world in traces)

    def visits(self, span: Span, world: World) -> tuple[Visit, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        unit = self.program.unit_at(node)
        return tuple(self.trace(unit, world).visits.get(node, ()))

    def name(self, span: Span) -> str | None:
        node = self.program.expressions.get(span)
        return self.program.name(node) if node is not None else None

    def origin(self, value: Value) -> Place | None:
        return self._place(value.origin) if value.origin is not None else None

    def _place(self, node: ast.AST) -> Place:
        """Where a node of this file, or of one that it uses, stands."""
        if node in self.program.parents:
            return self.program.source.place(*self.program.span(node))
        return self.project.place(node)


def _alike(one: World, other: World, facets: Collection[str]) -> bool:
    """Whether nothing that was asked of a world tells it from another."""
    same = one.device == other.device and one.available == other.available
    return same and all(getattr(one, facet) == getattr(other, facet) for facet in facets)
