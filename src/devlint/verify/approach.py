"""Ways to a place through those who call the function around it: what they hand over takes the place of stand-ins."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from devlint.analysis import callers
from devlint.analysis.answer import Span
from devlint.analysis.definitions import Function
from devlint.analysis.file import FileAnalysis
from devlint.analysis.program import Program
from devlint.analysis.runs import Runs
from devlint.verify.slicing import Slice, narrowed, slice_at
from devlint.world import World

#: calls of a function that are tried, and how many of them lead to a place one through the other
_CALLS, _DEPTH = 4, 3
#: ways to a place that are tried
_WAYS = 6


@dataclass(frozen=True, slots=True)
class Stop:
    """A place that a way goes through, in the file of an analysis."""

    analysis: FileAnalysis
    place: Span

    @property
    def path(self) -> str:
        return self.analysis.program.from_root

    @property
    def function(self) -> Function | None:
        """The innermost function around it."""
        found = self.analysis.program.by_node
        node = innermost(self.analysis, self.place, found)
        return None if node is None else found[node]

    @property
    def text(self) -> str:
        """Where it is."""
        place = self.analysis.program.source.place(*self.place)
        return f"{place.path}:{place.line}"


def innermost(analysis: FileAnalysis, place: Span, nodes: Iterable[ast.AST]) -> ast.AST | None:
    """The last of these nodes that begins before a place and ends behind it."""
    span = analysis.program.span
    around = [node for node in nodes if span(node).start <= place.start and place.end <= span(node).end]
    return max(around, key=lambda node: (span(node).start, -span(node).end), default=None)


#: from the place itself to the outermost call
Way = tuple[Stop, ...]


def ways(analysis: FileAnalysis, place: Span, world: World) -> Iterator[Way]:
    """Ways to a place of a file through calls, the shortest first."""
    pending: list[Way] = [(Stop(analysis, place),)]
    found = 0
    while pending and found < _WAYS:
        way = pending.pop(0)
        function = way[-1].function
        if function is None or function.outer is not None or len(way) > _DEPTH:
            continue
        passed = {stop.function for stop in way}
        longer = [
            (*way, stop)
            for stop in _calls(analysis, function, world)
            if stop.function is None or stop.function not in passed
        ]
        yield from longer
        found += len(longer)
        pending += longer


def _calls(analysis: FileAnalysis, function: Function, world: World) -> Iterator[Stop]:
    """Where a function is called from: in a file of its own each."""
    project = analysis.project
    for program, call in islice(_callers(project.runs(world), function), _CALLS):
        around = analysis if program is analysis.program else FileAnalysis(program, analysis.worlds, project)
        yield Stop(around, program.span(call))


def _callers(runs: Runs, function: Function) -> Iterator[tuple[Program, ast.Call]]:
    if function.name == "forward" and function.owner is not None:
        yield from callers.applications(runs, function)
    for reference in callers.calls(runs, function):
        assert reference.call is not None
        yield reference.program, reference.call


def slice_along(way: Way) -> tuple[Slice, dict[str, str]]:
    """The slice that begins with the outermost call of a way, and files that it finds changed: all that is left of the
    functions between is what leads to the place.

    Raises Unsliceable.
    """
    used = {name for stop in way[1:] for name in _attributes(stop)}
    changed: dict[str, ast.Module] = {}
    *inner, outermost = way
    for number, stop in enumerate(inner):
        program = stop.analysis.program
        tree = changed.get(stop.path, program.tree)
        changed[stop.path] = narrowed(program.source, tree, stop.place, passed=number > 0, used=used)
    program = outermost.analysis.program
    made = slice_at(program.source, changed.get(outermost.path, program.tree), outermost.place, passed=True)
    return made, {path: ast.unparse(ast.fix_missing_locations(tree)) for path, tree in changed.items()}


def _attributes(stop: Stop) -> Iterator[str]:
    """The attributes that are named around a call."""
    around = stop.function.node if stop.function is not None else stop.analysis.program.tree
    return (node.attr for node in ast.walk(around) if isinstance(node, ast.Attribute))
