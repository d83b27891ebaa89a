"""Which findings come after another one, where nobody declares what a file is to run on: control ends there, in the
same worlds, before it gets to them.

That is so in one file, and across files where every way to the function around a finding leads past such a place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from devlint.finding import Finding, Outcome, Place
from devlint.world import World

if TYPE_CHECKING:
    import ast

    from devlint.analysis.callers import Reference
    from devlint.analysis.definitions import Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: how many functions on the way to one are asked who calls them
STEPS = 8
#: places at which a program that goes on without CUDA elsewhere ends nevertheless, and is taken for one that needs it
SEVERAL = 2


def in_order(
    program: Program, project: Project, worlds: Sequence[World], found: Callable[[Program], Sequence[Finding]]
) -> tuple[Finding, ...]:
    """The findings of a file, of which each says so that goes wrong only where control ends at other ones: before it
    gets there, or in any case right after it. ``found`` gives those of any file of the project."""
    order = _Order(project, worlds, found)
    return tuple(replace(finding, behind=order.behind(finding, program)) for finding in found(program))


class _Order:
    """The places at which control ends, file by file."""

    def __init__(
        self, project: Project, worlds: Sequence[World], found: Callable[[Program], Sequence[Finding]]
    ) -> None:
        self._project, self._worlds, self._found = project, worlds, found
        self._ends = cache(self._ends_of)
        self._approaches = cache(self._approaches_of)

    def behind(self, finding: Finding, program: Program) -> tuple[Place, ...]:
        """The places of the findings at which control ends; none where it gets to a finding past none of them."""
        from devlint.analysis.sequence import is_past, leads_to

        node = program.expression(finding.place) if finding.worlds else None
        if node is None:
            return ()
        bad = _bad(finding)
        for end, at in self._ends(program):
            if end is finding or not bad <= _crashing(end):
                continue
            if is_past(program, self._project.index, at, node) or (not finding.ends and leads_to(program, node, at)):
                return (end.place,)
        lacking = {world.name for world in self._worlds if not world.has("cuda")}
        around = program.unit_at(node)
        return tuple(sorted(self._before(around, frozenset(bad), ()))) if around is not None and bad <= lacking else ()

    def _before(self, unit: Function, bad: frozenset[str], seen: tuple[Function, ...]) -> set[Place]:
        """The places that all ways to a function lead past, one on each way; none where one leads past none."""
        found = self._made(unit, bad)
        if found:
            return found
        for reference in self._approaches(unit, bad) if len(seen) < STEPS else ():
            around = reference.program.unit_at(reference.node)
            if around in (unit, *seen):
                continue
            past = self._past(reference, bad)
            if not past and around is not None:
                past = self._before(around, bad, (*seen, unit))
            if not past:
                return set()
            found |= past
        return found

    def _made(self, unit: Function, bad: frozenset[str]) -> set[Place]:
        """The place that control gets past in the constructor that the class of a method inherits."""
        from devlint.analysis.approaches import inherited_maker
        from devlint.analysis.sequence import is_made_past

        maker = inherited_maker(self._project, unit, self._bad(bad))
        if maker is None:
            return set()
        return self._passed(maker.program, bad, lambda at: is_made_past(maker.program, at, maker))

    def _past(self, reference: Reference, bad: frozenset[str]) -> set[Place]:
        """The place that control gets past to a reference in its own file."""
        from devlint.analysis.sequence import is_past

        program, index = reference.program, self._project.index
        return self._passed(program, bad, lambda at: is_past(program, index, at, reference.node))

    def _passed(self, program: Program, bad: frozenset[str], precedes: Callable[[ast.expr], bool]) -> set[Place]:
        """The place in a file that control gets past: the first of several where the file goes on without CUDA
        elsewhere, which is repaired in a line if there is but one."""
        past = [end.place for end, at in self._ends(program) if bad <= _crashing(end) and precedes(at)]
        enough = SEVERAL if self._project.promises.goes_on(program) else 1
        return set(past[:1]) if len(past) >= enough else set()

    def _approaches_of(self, unit: Function, bad: frozenset[str]) -> tuple[Reference, ...]:
        from devlint.analysis.approaches import approaches

        return approaches(self._project, unit, self._bad(bad))

    def _bad(self, names: frozenset[str]) -> list[World]:
        return [world for world in self._worlds if world.name in names]

    def _ends_of(self, program: Program) -> list[tuple[Finding, ast.expr]]:
        places = ((finding, place) for finding in self._found(program) for place in finding.ends)
        ends = ((finding, node) for finding, place in places if (node := program.expression(place)))
        return [(finding, node) for finding, node in ends if self._is_sure(finding, node, program)]

    def _is_sure(self, finding: Finding, node: ast.expr, program: Program) -> bool:
        """Whether control ends at an expression whatever is chosen there."""
        from devlint.analysis.alternatives import may_be_elsewhere

        crashing = _crashing(finding)
        runs = (self._project.runs(world) for world in self._worlds if world.name in crashing)
        return not any(may_be_elsewhere(run, program, node) for run in runs)


def _bad(finding: Finding) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome is not Outcome.FINE}


def _crashing(finding: Finding) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome is Outcome.CRASHES}
