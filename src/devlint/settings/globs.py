"""Path patterns in the syntax of ``.gitignore``, each relative to the folder of the file that wrote it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Globs:
    """Patterns of one origin. Without a ``folder`` they hold everywhere and must be plain names."""

    lines: tuple[str, ...]
    folder: Path | None = None

    def match(self, path: Path, *, folder: bool = False) -> bool | None:
        """Whether the last pattern that speaks of ``path`` takes it in (True) or, with ``!``, out (False); None when
        no pattern does. ``folder`` says that the path is one."""
        if self.folder is None:
            return True if path.name in self.lines else None
        try:
            relative = path.relative_to(self.folder).as_posix()
        except ValueError:
            return None
        return _spec(self.lines).check_file(relative + "/" * folder).include

    def within(self, path: Path, root: Path) -> bool:
        """Whether the patterns take in ``path`` or a folder between it and ``root``."""
        parents = [parent for parent in path.parents if root in parent.parents]
        return bool(self.match(path)) or any(self.match(parent, folder=True) for parent in parents)


@lru_cache
def without(globs: Globs, path: Path) -> Globs:
    """Those of the patterns that do not take in the folder ``path`` itself."""
    kept = (line for line in globs.lines if not Globs((line,), globs.folder).match(path, folder=True))
    return Globs(tuple(kept), globs.folder)


@lru_cache
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns among some lines; what is none takes in nothing, as with Git."""
    from pathspec import GitIgnoreSpec  # 26 ms, for those who have patterns

    def is_pattern(line: str) -> bool:
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            return False
        return True

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on classes of characters
        return GitIgnoreSpec.from_lines(filter(is_pattern, lines))


def taken_in(path: Path, patterns: Iterable[Globs], folder: bool) -> bool:
    """What the last of several sets of patterns that speaks of ``path`` says."""
    verdict = False
    for globs in patterns:
        found = globs.match(path, folder=folder)
        if found is not None:
            verdict = found
    return verdict
