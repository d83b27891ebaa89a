"""The tree of a project as a command that works in it needs it: what belongs to it, and a copy of that."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devlint.files import ignore_file, ignored_above
from devlint.folders import DEFAULT_EXCLUDE
from devlint.settings.globs import Globs, taken_in
from devlint.settings.project import root_of

#: what version control, environments and caches keep in a tree; packages are called `build` and `dist`, too
_KEPT = DEFAULT_EXCLUDE - {"build", "dist"}
#: what an environment has in its folder, whatever that is called
_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder, and the paths in it that are the project's own, each folder before what it holds; ``size`` is what its
    files take, in bytes, and ``closed`` are the files that cannot be read.

    Not its own are version control, environments, caches and every folder that ``.gitignore`` names. Files that it
    names are: a build puts them beside the source, ``_version.py`` or an extension module.
    """

    root: Path
    paths: tuple[Path, ...]
    size: int
    closed: tuple[Path, ...]

    @classmethod
    def around(cls, folder: Path) -> Tree:
        """The tree of the project that a folder belongs to, as it is now."""
        root = root_of(folder)
        found = dict(_below(root, tuple(ignored_above(root))))
        closed = tuple(path for path, size in found.items() if size is None)
        return cls(root, tuple(path for path in found if path not in closed), sum(filter(None, found.values())), closed)

    def copy(self, target: Path) -> None:
        """Copy it into a folder that there is not yet, without what is gone meanwhile.

        Links that lead within the tree do so in the copy; all others lead where they led.
        """
        target.mkdir(parents=True)
        for path in self.paths:
            copied = target / path.relative_to(self.root)
            with suppress(FileNotFoundError):
                if path.is_symlink():
                    copied.symlink_to(self._goal(path))
                elif path.is_dir():
                    copied.mkdir()
                else:
                    shutil.copy2(path, copied, follow_symlinks=False)

    def _goal(self, link: Path) -> str:
        goal = os.path.normpath(link.parent / os.readlink(link))
        within = Path(goal).is_relative_to(self.root)
        return os.path.relpath(goal, link.parent) if within else goal


def _below(folder: Path, ignored: tuple[Globs, ...]) -> Iterator[tuple[Path, int | None]]:
    """Everything in a folder that is the project's own, with the size of files; None for what cannot be read."""
    ignored = (*ignored, *ignore_file(folder))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name in _KEPT:
            continue
        if entry.is_symlink():
            yield path, 0
        elif entry.is_dir():
            if taken_in(path, ignored, True) or any(os.path.exists(path / name) for name in _ENVIRONMENT):
                continue
            if os.access(path, os.R_OK | os.X_OK):
                yield path, 0
                yield from _below(path, ignored)
            else:
                yield path, None
        elif entry.is_file():  # no socket, pipe or device
            with suppress(FileNotFoundError):
                yield path, entry.stat().st_size if os.access(path, os.R_OK) else None
