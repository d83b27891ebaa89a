"""Whether what an answer rested on still holds in a project of which some files are others now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from devlint.analysis import roles
from devlint.analysis.answer import Guard
from devlint.analysis.grounds import ANYTHING, RARE
from devlint.analysis.searches import EVERYWHERE, SEARCHES

if TYPE_CHECKING:
    from devlint.analysis.project import Project


class Holding:
    """Answers about a project as it is now; ``changed`` are the listed files, by their paths from the root, that are
    not what they were, with their texts (None: they are gone)."""

    def __init__(self, project: Project, changed: Mapping[str, bytes | None]) -> None:
        self._project, self._changed = project, changed
        self._still = cache(self._holds)

    def holds(self, files: Iterable[str], grounds: Iterable[tuple[str, str, tuple[str, ...] | None]]) -> bool:
        """Whether some files are what they were, and some answers, in plain tuples, as well."""
        return self._changed.keys().isdisjoint(files) and all(map(self._still, grounds))

    def _holds(self, ground: tuple[str, str, tuple[str, ...] | None]) -> bool:
        kind, about, answer = ground
        if ground == ANYTHING:
            return not self._changed
        if kind in SEARCHES:
            return self._is_found_alike(kind, about, answer)
        if kind == RARE:
            said = any(self._says(path, about) for path in self._changed)
            return not said or self._is_rare("words", about)
        if kind == "mentions":
            return all(self._says(path, about) == (path in (answer or ())) for path in self._changed)
        if kind == "saying":
            told = [path for path in self._changed if self._says(path, about)]
            return all(path in told or path not in self._changed for path in answer) if answer else not told
        return self._now(kind, about) == answer

    def _is_found_alike(self, kind: str, about: str, answer: tuple[str, ...] | None) -> bool:
        """Whether a search finds something in the same files."""
        if answer is None:
            return not self._is_rare(kind, about)
        for path in self._changed:
            searched = kind in EVERYWHERE or Guard.DATA not in roles.of_path(path)
            if (searched and self._has(path, kind, about)) != (path in answer):
                return False
        return self._changed.keys().isdisjoint(answer) or self._is_rare(kind, about)

    def _says(self, path: str, word: str) -> bool:
        return self._has(path, "words", word)

    def _is_rare(self, kind: str, about: str) -> bool:
        """Whether a search of the project does not find too much."""
        return kind in EVERYWHERE or self._project.index.having(kind, about) is not None

    def _has(self, path: str, kind: str, about: str) -> bool:
        text = self._changed[path]
        return text is not None and any(True for _ in SEARCHES[kind](about, text))

    def _now(self, kind: str, about: str) -> tuple[str, ...] | None:
        """The present answer to a question that is no search."""
        project = self._project
        if project.root is None or project.modules is None:
            return None
        if kind == "called":
            return project.index.called(about)
        if kind == "installed":
            return (about,) if project.is_installed(about) else ()
        name, _, folder = about.partition(" ")
        if kind == "import":
            found = project.modules.absolute(name, f"{folder}/any.py" if folder else "any.py")
            return () if found is None else (found,)
        return tuple(project.modules.member(name) or ())
