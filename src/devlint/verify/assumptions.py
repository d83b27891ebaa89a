"""What is assumed where a slice does not say what something is."""

from __future__ import annotations

from typing import TypeVar

_T = TypeVar("_T")


class Assumptions:
    """Those of one run, as they are asked for. ``varied`` is a subject of which something else is assumed than of
    itself, and which of the things that it might be; ``decisive`` are those at the place that a run is for."""

    def __init__(self, varied: tuple[str, int] | None = None) -> None:
        self._varied = varied
        self.decisive = False
        self._made: dict[tuple[str, str], int] = {}

    def note(self, subject: str, predicate: str) -> None:
        """Assume what could not be otherwise."""
        self._made[subject, predicate] = 0

    def choose(self, subject: str, predicate: str, value: _T, *others: _T) -> _T:
        """The value that is assumed, or one of the others that it might be."""
        self._made.setdefault((subject, predicate), len(others))
        if self._varied is not None and subject == self._varied[0] and self._varied[1] < len(others):
            return others[self._varied[1]]
        return value

    def made(self) -> list[tuple[str, str, int]]:
        """What was assumed: of what, that it is what, and how many other things it might be."""
        return [(subject, predicate, others) for (subject, predicate), others in self._made.items()]
