"""What calls of functions come to, kept for the next call of the same kind.

Calls are followed only so far. What is kept must not depend on who happened to ask first: a summary that was cut short,
or that rests on a call that is still under evaluation, serves only where a new evaluation would find the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from devlint.analysis.trace import Meeting, Put
from devlint.analysis.value import UNKNOWN, Choice

#: calls inside calls that are followed; deeper ones are unknown
DEPTH = 5
#: calls inside calls from which none is followed into another file
FAR = 2
#: calls of one function right inside each other; what it calls itself for from there on, or through others, is unknown
TURNS = 2
#: expressions evaluated for one unit, or for one name or attribute that somebody asks for; beyond, all is unknown
STEPS = 500_000


@dataclass(slots=True)
class Descent:
    """How deep in calls an evaluation is, how deep it has come, and how long it takes."""

    calls: int = 0
    deepest: int = 0
    #: the deepest call into another file
    farthest: int | None = None
    #: the functions that were met again inside themselves, and not followed
    cut: frozenset[object] = frozenset()
    #: the calls under evaluation, counted from the first, that these stand in
    rests: frozenset[int] = frozenset()
    steps: int = 0

    def note(self, calls: int, away: int | None = None) -> None:
        """There is a call at one depth, and one into another file at the other."""
        self.deepest = max(self.deepest, calls)
        if away is not None:
            self.farthest = max(away, self.farthest or 0)


@dataclass(slots=True)
class Summary:
    """What a call comes to: its result, what it asked of the world, what it puts on devices that its caller wrote
    down, and what meets in it; ``below`` and ``away`` say how many calls below it the deepest call stands, and the
    deepest one into another file (None: there is none); ``cut`` are the functions that call themselves in it and were
    not followed to the end, and ``rests`` the calls around it, under evaluation, for whose sake they were not."""

    result: Choice = UNKNOWN
    facets: set[str] = field(default_factory=set)
    puts: list[Put] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    below: int = 0
    away: int | None = None
    cut: frozenset[object] = frozenset()
    rests: frozenset[int] = frozenset()

    def is_whole(self, depth: int) -> bool:
        """Whether everything below a call at this depth is followed."""
        return depth + self.below <= DEPTH and (self.away is None or depth + self.away < FAR)


class Summaries:
    """What calls of the functions of a project come to in one world."""

    def __init__(self) -> None:
        self._kept: dict[object, dict[int, Summary]] = defaultdict(dict)
        #: the functions under evaluation, the innermost last; and by function how it is called, and where among these
        self._calling: list[object] = []
        self._busy: dict[object, dict[object, int]] = defaultdict(dict)
        #: what is kept only until a call under evaluation is done
        self._until: dict[int, list[tuple[object, int]]] = defaultdict(list)

    def known(self, function: object, key: object, descent: Descent) -> Summary | None:
        """What a call at the present depth comes to, as far as it is known."""
        depth, busy = descent.calls, self._busy[function]
        if busy and (key in busy or len(busy) >= TURNS or self._calling[-1] is not function):
            descent.rests |= {min(busy.values())}
            descent.cut |= {function}
            return Summary()
        for at, summary in self._kept[function, key].items():
            if self._serves(summary, at, depth):
                descent.note(depth + summary.below, None if summary.away is None else depth + summary.away)
                descent.cut |= summary.cut
                descent.rests |= summary.rests
                return summary
        return None

    def _serves(self, summary: Summary, at: int, depth: int) -> bool:
        """Whether a new evaluation at a depth would find what one found elsewhere."""
        if not summary.rests and any(self._busy[function] for function in summary.cut):
            return False
        return at == depth or (summary.is_whole(at) and summary.is_whole(depth))

    @contextmanager
    def evaluating(self, function: object, key: object, descent: Descent) -> Iterator[Summary]:
        """Evaluate a call at the present depth, and complete its summary meanwhile."""
        depth, summary, place = descent.calls, Summary(), len(self._calling)
        deepest, farthest, cut, rests = descent.deepest, descent.farthest, descent.cut, descent.rests
        descent.calls, descent.deepest, descent.farthest = depth + 1, depth, None
        descent.cut = descent.rests = frozenset()
        self._busy[function][key] = place
        self._calling.append(function)
        try:
            yield summary
            summary.below = descent.deepest - depth
            summary.away = None if descent.farthest is None else descent.farthest - depth
            summary.cut, summary.rests = descent.cut, descent.rests - {place}
            if descent.steps < STEPS:
                self._keep((function, key), depth, summary)
        finally:
            self._calling.pop()
            del self._busy[function][key]
            for known, at in self._until.pop(place, ()):
                del self._kept[known][at]
            descent.note(deepest, farthest)
            descent.calls, descent.cut, descent.rests = depth, descent.cut | cut, descent.rests - {place} | rests

    def _keep(self, call: object, depth: int, summary: Summary) -> None:
        self._kept[call][depth] = summary
        if summary.rests:
            self._until[max(summary.rests)].append((call, depth))
