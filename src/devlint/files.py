"""Which files are looked at: those that are named, and the Python files of the folders that are named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from devlint.error import DevlintError, did_you_mean
from devlint.folders import SUFFIXES, lines
from devlint.settings.configuration import Configuration
from devlint.settings.globs import Globs, taken_in, without
from devlint.stamps import Stamp, stamp_of

#: folders that were searched, by path
Walked = dict[str, tuple[Stamp | None, list[str]]]


def display(path: Path) -> str:
    """A path as findings write it: relative to the current directory, with ``/``, and without a leading ``./``."""
    return os.path.relpath(path).replace(os.sep, "/")


def find_files(paths: Sequence[str], configuration: Configuration, walked: Walked | None = None) -> tuple[Path, ...]:
    """The absolute paths of all files to look at, each once, in the order of their names; ``walked`` is told the
    folders that were searched, each with its stamp and what was listed there.

    A file that is named is looked at whatever its suffix, unless ``force-exclude`` is set and it is excluded. Links are
    not followed unless they are named: what they lead to has another name, or belongs to somebody else.
    Raises DevlintError for a path that there is not.
    """
    found: dict[Path, None] = {}
    for name in paths:
        path = Path(os.path.abspath(name))
        if path.is_dir():
            found.update(dict.fromkeys(_Walk(path, configuration, {} if walked is None else walked).files()))
        elif not path.exists():
            raise DevlintError(f"{name}: no such file or folder", _hint(path))
        elif not excluded(path, configuration):
            found[path] = None
    return tuple(sorted(found))


def _hint(path: Path) -> str:
    siblings = os.listdir(path.parent) if path.parent.is_dir() else []
    return did_you_mean(path.name, siblings)


def excluded(path: Path, configuration: Configuration) -> bool:
    """Whether a path that is named is to be left out all the same, because of ``force-exclude``."""
    settings = configuration.settings(path.parent)
    return settings.force_exclude and any(globs.within(path, Path.cwd()) for globs in settings.excluded)


class _Walk:
    """One folder that was named, and everything below it that nobody excludes.

    What excludes the named folder itself is left out of account: who names it wants it looked at, unless
    ``force-exclude`` is set.
    """

    def __init__(self, top: Path, configuration: Configuration, walked: Walked) -> None:
        self._top, self._configuration, self._walked = top, configuration, walked

    def files(self) -> Iterator[Path]:
        settings = self._configuration.settings(self._top)
        if not excluded(self._top, self._configuration):
            ignored = tuple(ignored_above(self._top)) if settings.respect_gitignore else ()
            yield from self._below(self._top, tuple(without(globs, self._top) for globs in ignored))

    def _below(self, folder: Path, ignored: tuple[Globs, ...]) -> Iterator[Path]:
        stamp = stamp_of(str(folder))
        settings = self._configuration.settings(folder)
        left_out = settings.excluded
        if not settings.force_exclude:
            left_out = tuple(without(globs, self._top) for globs in left_out)
        if settings.respect_gitignore:
            ignored = (*ignored, *ignore_file(folder))
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise DevlintError(f"{display(folder)}: cannot be read: {error.strerror}") from error
        self._walked[str(folder)] = stamp, lines(entries)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not (entry.name.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False)):
                continue
            path = folder / entry.name
            if any(globs.match(path, folder=is_folder) for globs in left_out) or taken_in(path, ignored, is_folder):
                continue
            if is_folder:
                yield from self._below(path, ignored)
            else:
                yield path


def ignored_above(folder: Path) -> Iterator[Globs]:
    """The ``.gitignore`` files between the root of the repository and a folder, the outermost first."""
    parents = list(folder.parents)
    inside = [number for number, parent in enumerate(parents) if (parent / ".git").exists()]
    if inside and not (folder / ".git").exists():
        for parent in reversed(parents[: inside[0] + 1]):
            yield from ignore_file(parent)


def ignore_file(folder: Path) -> Iterator[Globs]:
    try:
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    yield Globs(tuple(text.splitlines()), folder)
