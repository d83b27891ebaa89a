"""Repairs, tried with a command of the user's: before and after, in every world, in copies of the project."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devlint.error import DevlintError
from devlint.files import display
from devlint.finding import Finding, Safety
from devlint.inspection import Inspection
from devlint.report import Report
from devlint.shim.environment import real_gpu
from devlint.shim.play import HIDDEN, ready
from devlint.tree import Tree
from devlint.verify.command import Command, Run
from devlint.verify.ledger import many
from devlint.verify.matrix import Side
from devlint.verify.workplace import Workplace
from devlint.world import World, played

#: exit codes of pytest: a call that it does not understand, no tests
_NOTHING = (4, 5)
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Experiment:
    """``worlds`` are those that the repaired files are for, each machine once, and ready to be played; ``before`` and
    ``after`` the texts of these files; ``fixes`` what was repaired in them."""

    command: Command
    tree: Tree
    worlds: Mapping[World, str]
    before: Mapping[Path, bytes]
    after: Mapping[Path, bytes]
    fixes: tuple[Finding, ...]

    @classmethod
    def of(cls, command: Command, inspection: Inspection, report: Report) -> Experiment:
        """The one that tries what was repaired for a report, without being written.

        Raises DevlintError where nothing was, where a file is not of this project, where the project is too big to be
        copied, and where a world cannot be played.
        """
        paths = [Path(os.path.abspath(file.path)) for file in report.files if file.fixed]
        before = {path: path.read_bytes() for path in paths}
        checked = {path: inspection.inspect(path, text) for path, text in before.items()}
        fixes = tuple(fix for file in checked.values() for fix in file.fixed)
        if not fixes:
            raise DevlintError("no fixes to try", _left(report))
        tree = Tree.around(Path.cwd())
        for path in paths:
            if not path.is_relative_to(tree.root):
                raise DevlintError(f"{display(path)}: not in the project of this folder, {tree.root}")
        _require_room(tree)
        names = dict.fromkeys(played(world).name for path in paths for world in inspection.worlds(path))
        after = {path: file.text for path, file in checked.items()}
        return cls(command, tree, ready(tuple(names)), before, after, fixes)

    @property
    def announcement(self) -> str:
        """What is going to be run, and where."""
        worlds = ", ".join(world.name for world in self.worlds)
        what = f"runs `{self.command.text}` in a copy of this tree, before and after {many(self.fixes)}, in {worlds}"
        return what + (HIDDEN if real_gpu() else "")

    def runs(self) -> Iterator[tuple[Side, Run]]:
        """Every run as it ends: first all before, then all after.

        Raises DevlintError where the command is wrong in itself.
        """
        with Workplace.of(self.tree.root, self.tree.copy) as workplace:
            before = []
            for world, key in self.worlds.items():
                before.append(self._run(workplace, self.before, world, key))
                yield Side.BEFORE, before[-1]
            if self.command.is_pytest and all(run.ended.status in _NOTHING and not run.tests for run in before):
                raise DevlintError(f"`{self.command.text}` is wrong before any fix: {before[0].whole.reason}")
            for world, key in self.worlds.items():
                yield Side.AFTER, self._run(workplace, self.after, world, key)

    def _run(self, workplace: Workplace, texts: Mapping[Path, bytes], world: World, key: str) -> Run:
        with workplace.copy(texts) as copy:
            return self.command.run(world, key, copy)

    def untried(self, after: Iterable[Run]) -> tuple[str, ...]:
        """The repaired files of whose code nothing was run."""
        reached = {path for run in after for path in run.reached}
        return tuple(display(path) for path in self.after if path not in reached)


def _left(report: Report) -> str:
    """What might be tried instead."""
    unsafe = [fix for found in report.findings if (fix := found.fix) is not None and fix.safety is Safety.UNSAFE]
    return f"`--unsafe-fixes` adds {len(unsafe)}" if unsafe and report.allowed is Safety.SAFE else ""


def _require_room(tree: Tree) -> None:
    """Raises DevlintError where two copies of a tree do not fit into the folder for temporary files."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if 2 * tree.size > free:
        sizes = f"its files take {tree.size / _GIB:.1f} GiB, and {free / _GIB:.1f} GiB are free in {folder}"
        raise DevlintError(
            f"{tree.root} cannot be copied twice: {sizes}",
            "set TMPDIR, or name what no test needs in .gitignore: a folder that it names is not copied",
        )
