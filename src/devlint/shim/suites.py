"""One run of pytest for each world, and what they say together."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from devlint.shim.play import Ended, note, play, ready
from devlint.shim.profile import Profile
from devlint.shim.pytest_recorder import arguments as recorded

#: exit codes of pytest: all passed, wrong call, no test was collected
_PASSED, _USAGE, _NO_TESTS = 0, 4, 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test in a world, in pytest's word for it, whether that fails the run, and why in one line."""

    word: str
    failed: bool
    reason: str = field(default="", compare=False)

    @property
    def cell(self) -> str:
        """What a table shows of it."""
        return self.word.upper() if self.failed else self.word


@dataclass(frozen=True, slots=True)
class Suite:
    """A run of pytest in a world: how it ended, and the outcome of each test that it got to."""

    ended: Ended
    outcomes: dict[str, Outcome]

    @property
    def line(self) -> str:
        """Counts of the outcomes, and how the run ended where that is not for a test to say."""
        ended = self.ended
        if not ended.signal and ended.code == _NO_TESTS:
            return f"{ended.world.name}: no tests"
        words = [counts(self.outcomes.values())] if self.outcomes else []
        if ended.status and not any(outcome.failed for outcome in self.outcomes.values()):
            words.append(f"exit status {ended.status}")
        if ended.unsupported is not None:
            words.append(ended.unsupported)
        return f"{ended.world.name}: {', '.join(words) or 'nothing was run'}"


def run_suites(names: Sequence[str], arguments: Sequence[str], profile: Profile) -> int:
    """Run this pytest with these arguments in each of the named worlds, and report. Returns the exit status: 1 if
    anything fails in any world, pytest's own where all worlds agree that the call is wrong or that there are no tests.

    Raises DevlintError where a world is unknown or the installed torch cannot play it.
    """
    worlds = ready(names)
    sys.stderr.write(f"devlint: {note(worlds)}\n")
    suites: list[Suite] = []
    with tempfile.TemporaryDirectory(prefix="devlint-") as folder:
        for world, key in worlds.items():
            sys.stdout.write(f"{_title(f'devlint: world {world.name}')}\n")
            sys.stdout.flush()
            record = os.path.join(folder, world.name)
            ended = play(world, key, [*_pytest(), *recorded(record), *arguments], profile)
            suites.append(Suite(ended, outcomes(record)))
            if ended.asked:
                break
    sys.stdout.write(merged(suites))
    sys.stdout.flush()
    return status(suites)


def status(suites: Sequence[Suite]) -> int:
    """The exit status of the whole."""
    found = {suite.ended.status for suite in suites}
    if found in ({_USAGE}, {_NO_TESTS}):
        return found.pop()
    failed = any(outcome.failed for suite in suites for outcome in suite.outcomes.values())
    return int(failed or not found <= {_PASSED, _NO_TESTS})


def merged(suites: Sequence[Suite]) -> str:
    """The tests that fail in some world or whose outcomes differ, with what became of them in each, and all counts."""
    tests = dict.fromkeys(test for suite in suites for test in suite.outcomes)
    rows = []
    same = []
    for test in tests:
        found = [suite.outcomes.get(test) for suite in suites]
        first = found[0]
        if first is not None and not first.failed and all(outcome == first for outcome in found):
            same.append(first)
        else:
            rows.append([test, *("-" if outcome is None else outcome.cell for outcome in found)])  # not got to
    lines = [_title(f"devlint: {len(suites)} world{'s' if len(suites) > 1 else ''}")]
    if rows:
        lines += table([["", *(suite.ended.world.name for suite in suites)], *rows])
    if same:
        lines.append(f"the same in every world: {counts(same)}")
    lines += [suite.line for suite in suites]
    return "\n".join(lines) + "\n"


def counts(outcomes: Iterable[Outcome]) -> str:
    """How many outcomes there are of each kind."""
    return ", ".join(f"{count} {word}" for word, count in Counter(outcome.word for outcome in outcomes).items())


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, whose columns are as wide as they need to be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _title(text: str) -> str:
    return f" {text} ".center(shutil.get_terminal_size().columns, "=")


def _pytest() -> list[str]:
    """How this pytest was started: as a script, or as a module, which has the current folder on its path."""
    if os.path.basename(sys.argv[0]) in ("pytest", "py.test"):
        return [sys.argv[0]]
    return ["-m", "pytest"]


def outcomes(record: str) -> dict[str, Outcome]:
    """The last outcome of each test, unless an earlier one was a failure and the last is none; tests may be run again,
    and a fixture may fail after its test passed."""
    found: dict[str, Outcome] = {}
    try:
        with open(record, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:  # pytest did not get to a test
        return found
    for line in lines:
        said = json.loads(line)
        outcome = Outcome(said["outcome"], said["failed"], said["reason"])
        if said["test"] not in found or outcome.failed or not found[said["test"]].failed:
            found[said["test"]] = outcome
    return found
