"""What a command came to before and after repairs, test by test and world by world."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from devlint.shim.suites import Outcome
from devlint.verify.command import Run

#: outcomes that say the program is right, in pytest's words
_RIGHT = ("passed", "xpassed")
#: outcomes that say nothing about the program
_MUTE = ("unsupported", "timed out")


class Side(str, enum.Enum):
    """Whether repairs were in place."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of a test, or of the command, in a world before and after; None where it was not got to."""

    before: Outcome | None
    after: Outcome | None

    @property
    def mended(self) -> bool:
        """Whether it failed before and passes after."""
        return _wrong(self.before) and _right(self.after)

    @property
    def broken(self) -> bool:
        """Whether it passed before and fails after."""
        return _right(self.before) and _wrong(self.after)

    @property
    def wrong(self) -> bool:
        """Whether it failed before."""
        return _wrong(self.before)

    @property
    def right(self) -> bool:
        """Whether it passed before."""
        return _right(self.before)

    @property
    def text(self) -> str:
        before, after = ("-" if outcome is None else outcome.cell for outcome in (self.before, self.after))
        return before if before == after else f"{before} > {after}"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A test, or the command itself, in every world, by name."""

    name: str
    cells: dict[str, Cell]

    @property
    def same(self) -> Outcome | None:
        """Its outcome where that is one and the same everywhere."""
        found = [outcome for cell in self.cells.values() for outcome in (cell.before, cell.after)]
        return found[0] if all(outcome == found[0] for outcome in found) else None


@dataclass(frozen=True)
class Matrix:
    """A row for each test that some run got to, and one for the command, from the runs of a command before and after,
    which are those of the same worlds in the same order."""

    command: str
    before: Sequence[Run]
    after: Sequence[Run]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows, that of the command first."""
        tests = dict.fromkeys(test for run in (*self.before, *self.after) for test in run.tests)
        pairs = [(run.ended.world.name, run, other) for run, other in zip(self.before, self.after, strict=True)]
        whole = Row(self.command, {world: Cell(run.whole, other.whole) for world, run, other in pairs})
        return (
            whole,
            *(
                Row(test, {world: Cell(run.outcome(test), other.outcome(test)) for world, run, other in pairs})
                for test in tests
            ),
        )

    @property
    def tests(self) -> tuple[Row, ...]:
        """The rows of tests; where there are none, that of the command."""
        return self.rows[1:] or self.rows

    @property
    def telling(self) -> tuple[Row, ...]:
        """The rows that are not the same in every world, before and after."""
        return tuple(row for row in self.rows if row.same is None)

    @property
    def broken(self) -> dict[Row, list[str]]:
        """The rows that passed before and fail after, with the worlds. That of the command stands for tests that pytest
        did not get to, where no other does."""
        found = {row: [world for world, cell in row.cells.items() if cell.broken] for row in self.rows}
        tests = {world for row in self.rows[1:] for world in found[row]}
        found[self.rows[0]] = [world for world in found[self.rows[0]] if world not in tests]
        return {row: worlds for row, worlds in found.items() if worlds}


def _right(outcome: Outcome | None) -> bool:
    return outcome is not None and not outcome.failed and outcome.word in _RIGHT


def _wrong(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.failed and outcome.word not in _MUTE
