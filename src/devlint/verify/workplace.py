"""Where a project is tried: copies of it, each as it was, and none left over."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from devlint.verify.command import Copy


@dataclass(frozen=True, slots=True)
class Workplace:
    """A temporary folder with a snapshot of a tree, from which each run gets a copy of its own, always in the same
    place: a run finds neither what another left nor what its user changed meanwhile."""

    tree: Path
    folder: Path

    @classmethod
    @contextmanager
    def of(cls, tree: Path, copy: Callable[[Path], None]) -> Iterator[Workplace]:
        """The workplace for a tree, of which ``copy`` makes a copy; removed however this process is told to end."""
        with _ended_in_order(), tempfile.TemporaryDirectory(prefix="devlint-", ignore_cleanup_errors=True) as folder:
            workplace = cls(tree, Path(os.path.realpath(folder)))
            copy(workplace.folder / "snapshot")
            yield workplace

    @contextmanager
    def copy(self, texts: Mapping[Path, bytes]) -> Iterator[Copy]:
        """A copy in which files of the tree hold these texts."""
        root = self.folder / "copy" / (self.tree.name or "tree")
        shutil.copytree(self.folder / "snapshot", root, symlinks=True)
        repaired = {_put(root, root / path.relative_to(self.tree), text): path for path, text in texts.items()}
        folder = root / Path.cwd().relative_to(self.tree)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield Copy(self.tree, root, folder, repaired)
        finally:
            for path, folders, _ in os.walk(root):
                for name in folders:  # a program may have closed those that it made
                    with suppress(OSError):
                        if not os.path.islink(made := os.path.join(path, name)):
                            os.chmod(made, stat.S_IRWXU)
            shutil.rmtree(root, ignore_errors=True)


def _put(root: Path, path: Path, text: bytes) -> Path:
    """Let a file hold a text, or what a link leads to, unless that is not in the copy. Returns the file."""
    goal = path.resolve()
    if not goal.is_relative_to(root):
        goal = path
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    goal.unlink(missing_ok=True)
    goal.parent.mkdir(parents=True, exist_ok=True)
    goal.write_bytes(text)
    if mode is not None:
        goal.chmod(mode)
    return goal


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a signal that ends a process leave by the way of an exception."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
