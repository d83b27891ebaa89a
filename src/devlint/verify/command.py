"""A command of the user's that tries a project, and a run of it in a world."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from devlint.error import DevlintError
from devlint.shim import UNSUPPORTED
from devlint.shim.environment import environment
from devlint.shim.play import Ended
from devlint.shim.profile import Profile
from devlint.shim.pytest_recorder import OPTIONS, arguments
from devlint.shim.relocation import Relocation
from devlint.shim.suites import Outcome, outcomes
from devlint.world import World

#: seconds that a command may take in a world where nobody says otherwise
PATIENCE = 600.0
#: bytes of what a command printed that are of interest, from its end
_OUTPUT = 4000
#: a shell says with an exit status above this that what it ran died by a signal
_SHELL = 128
#: exit codes with which pytest has run what it was told to run: all passed, some failed, there were none
_COMPLETE = (0, 1, 5)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a project: of the folder ``tree`` at ``root``. ``folder`` is where in it commands are run, ``repaired``
    the files in it that fixes repair, each with the one that it is a copy of."""

    tree: Path
    root: Path
    folder: Path
    repaired: Mapping[Path, Path]


@dataclass(frozen=True, slots=True)
class Command:
    """What the user wrote, its words as a shell splits them, and the seconds that it may take in a world."""

    text: str
    words: tuple[str, ...]
    patience: float

    @property
    def is_pytest(self) -> bool:
        """Whether it names pytest itself."""
        return any(os.path.basename(word) in ("pytest", "py.test") for word in self.words)

    @classmethod
    def parse(cls, text: str, patience: float | None) -> Command:
        """Raises DevlintError where no words can be made of it."""
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise DevlintError(f"`{text}` is no command: {error}") from error
        if not words:
            raise DevlintError("which command? `--with` is given none", 'devlint verify --with "pytest tests"')
        return cls(" ".join(text.split()), words, patience or PATIENCE)

    def run(self, world: World, key: str, copy: Copy) -> Run:
        """Run it in a copy of its project, in a world that is ready, to its end or that of our patience.

        Nothing that it starts in its own group of processes outlives it.

        Raises DevlintError where it cannot be started.
        """
        with tempfile.TemporaryDirectory(prefix="devlint-") as notes:
            record, unsupported, trace, printed = (
                os.path.join(notes, name) for name in ("tests", "met", "trace", "said")
            )
            relocation = Relocation(str(copy.tree), str(copy.root), tuple(map(str, copy.repaired)), trace)
            told = {UNSUPPORTED: unsupported, OPTIONS: _options(record), "PWD": str(copy.folder), **Profile().variables}
            variables = environment(world.name, key, os.environ) | told | relocation.variables
            with open(printed, "w+b") as output:
                code, late = self._finished(self._words(copy, relocation), copy.folder, variables, output)
                output.seek(max(0, output.seek(0, os.SEEK_END) - _OUTPUT))
                said = output.read().decode(errors="replace")
            met, traces, tests = tuple(dict.fromkeys(_lines(unsupported))), _lines(trace), outcomes(record)
        died = max(-code, 0) or (code - _SHELL if code - _SHELL in signal.valid_signals() else 0)
        ended = Ended(world, max(code, 0), died, late, met)
        reached = frozenset(copy.repaired[Path(path)] for path in traces if path)
        return Run(ended, tests, said, self.patience if late else None, bool(traces), reached)

    def _words(self, copy: Copy, relocation: Relocation) -> list[str]:
        """The words, with the places in the copy for those in the tree that they name, except for a program that is
        not part of the copy: an environment in the tree."""
        named = re.compile(re.escape(relocation.tree) + r"(?:/[^:=]*)?(?=[:=]|$)")
        first, *words = (named.sub(lambda found: relocation.place(found[0]) or found[0], word) for word in self.words)
        if os.sep in first and not (copy.folder / first).exists():
            first = os.path.abspath(first)
        return [first, *words]

    def _finished(
        self, words: list[str], folder: Path, variables: Mapping[str, str], output: IO[bytes]
    ) -> tuple[int, bool]:
        """The exit status, negative for a signal, and whether it had to be ended; what it prints goes to a file."""
        try:
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            hint = "give the program that runs it, `python -m pytest`, or activate its environment"
            raise DevlintError(f"`{words[0]}` cannot be started: {error.strerror}", hint) from error
        try:
            return process.wait(self.patience), False
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL, True
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a command in a world: the outcome of each test where it ran pytest, and the end of what it printed.

    ``late`` are the seconds after which it had to be ended, ``played`` says that a Python of its was in the world, and
    ``reached`` are the files with fixes whose code ran.
    """

    ended: Ended
    tests: Mapping[str, Outcome]
    output: str
    late: float | None
    played: bool
    reached: frozenset[Path]

    @property
    def unsupported(self) -> str | None:
        """Why there is no verdict on the run, if there is none."""
        if self.late is not None:
            return f"timed out: ended after {self.late:g} s in world `{self.ended.world.name}`; no verdict"
        if self.ended.unsupported is None and not self.played:
            return f"unsupported: no Python of it plays world `{self.ended.world.name}`; no verdict"
        return self.ended.unsupported

    @property
    def whole(self) -> Outcome:
        """The outcome of the command itself. Where pytest got to the tests, what failed is for them to say."""
        status = self.ended.status
        if self.tests and status in _COMPLETE:
            return Outcome("passed", False)
        if self.unsupported is not None:
            return Outcome("unsupported" if self.late is None else "timed out", True, self.unsupported)
        if status == 0:
            return Outcome("passed", False)
        said = [text for line in self.output.splitlines() if (text := line.strip("= "))]
        return Outcome(f"status {status}", True, said[-1] if said else "")

    def outcome(self, test: str) -> Outcome | None:
        """That of a test; None where there is no such test, or pytest did not say."""
        if test not in self.tests and any(name.startswith(f"{test}::") for name in self.tests):
            return Outcome("passed", False)  # what holds tests is named where they cannot be collected, and only there
        ended = self.late is not None or self.ended.signal
        return self.tests.get(test, self.whole if ended else None)


def _options(record: str) -> str:
    """The options of every pytest of the command: ours, and those that the user set."""
    return f"{shlex.join(arguments(record))} {os.environ.get(OPTIONS, '')}".rstrip()


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []
