"""Which files of a project the names in its import statements mean."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from devlint.analysis import library_facts
from devlint.analysis.grounds import Ground, Grounds
from devlint.folders import importable

#: folders below the root that a project puts on ``sys.path``, by an installer or by hand
_SOURCES = (("src",), ("lib",))


class Member(NamedTuple):
    """Something in a file of the project: the file's path from the root, and the dotted rest of the name."""

    file: str
    rest: str


class Modules:
    """The modules below one folder. A module is named by its path from there, whatever the name under which somebody
    imports it: ``src.package.module``."""

    def __init__(self, root: Path, grounds: Grounds | None = None) -> None:
        self._root = root
        self._grounds = grounds or Grounds()
        self._files: dict[tuple[str, ...], str | None] = {}
        #: what the folders that were asked hold, by their paths from the root
        self.folders: dict[tuple[str, ...], frozenset[str]] = {}
        self._absolute = cache(self._absolute_of)
        self._member = cache(self._member_of)

    def absolute(self, name: str, importer: str) -> str | None:
        """What ``name`` of an import statement in the file ``importer`` means, as a name from the root; None when it
        is nothing of the project."""
        found, ground = self._absolute(name, importer.rpartition("/")[0])
        if ground is not None:
            self._grounds.note(ground)
        return found

    def member(self, name: str) -> Member | None:
        """The file that holds what a name from the root means; None when there is none."""
        found, ground = self._member(name)
        self._grounds.note(ground)
        return found

    def _absolute_of(self, name: str, folder: str) -> tuple[str | None, Ground | None]:
        parts = tuple(filter(None, folder.split("/")))
        if name.startswith("."):
            return self._relative(name, parts), None
        first = name.partition(".")[0]
        if first in sys.stdlib_module_names or first in library_facts.NEVER_LOCAL:
            return None, None
        found = self._found(name, parts)
        return found, Ground("import", f"{name} {folder}", (found,) if found is not None else ())

    def _member_of(self, name: str) -> tuple[Member | None, Ground]:
        parts = tuple(name.split("."))
        for length in range(len(parts), 0, -1):
            file = self._file(parts[:length])
            if file is not None:
                found = Member(file, ".".join(parts[length:]))
                return found, Ground("member", name, tuple(found))
        return None, Ground("member", name, ())

    def _relative(self, name: str, folder: tuple[str, ...]) -> str | None:
        rest = name.lstrip(".")
        up = len(name) - len(rest) - 1
        if up > len(folder):
            return None
        return _dotted((*folder[: len(folder) - up], *filter(None, rest.split("."))))

    def _found(self, name: str, folder: tuple[str, ...]) -> str | None:
        """Look an absolute name up where Python would: beside the script or above the package, then at the root; and
        at last where only a changed ``sys.path`` finds it."""
        parts = tuple(name.split("."))
        above = [folder[:length] for length in range(len(folder), -1, -1)]
        packages = [place for place in above if self._is_package(place)]
        for place in (*(place for place in above if place not in packages), *_SOURCES, *packages):
            if self._holds(place, parts):
                return _dotted((*place, *parts))
        return None

    def _holds(self, place: tuple[str, ...], parts: tuple[str, ...]) -> bool:
        """Whether a folder holds the module or package that a name begins with; a folder without ``__init__.py`` is a
        package only for the modules in it."""
        return any(self._file((*place, *parts[:length])) is not None for length in (1, 2, 3)[: len(parts)])

    def _is_package(self, folder: tuple[str, ...]) -> bool:
        return bool(folder) and self._file(folder) == "/".join((*folder, "__init__.py"))

    def _file(self, parts: tuple[str, ...]) -> str | None:
        if parts not in self._files:
            self._files[parts] = self._looked_up(parts)
        return self._files[parts]

    def _looked_up(self, parts: tuple[str, ...]) -> str | None:
        path = "/".join(parts)
        if f"{parts[-1]}.py" in self._held(parts[:-1]):
            return f"{path}.py"
        return f"{path}/__init__.py" if "__init__.py" in self._held(parts) else None

    def _held(self, folder: tuple[str, ...]) -> frozenset[str]:
        """What a folder holds; one that its parent does not have is not looked for, but a hidden one, in which the
        importer itself must be."""
        if folder not in self.folders:
            if folder and not folder[-1].startswith(".") and f"{folder[-1]}/" not in self._held(folder[:-1]):
                return frozenset()
            self.folders[folder] = frozenset(importable(str(self._root.joinpath(*folder))))
        return self.folders[folder]


def _dotted(parts: tuple[str, ...]) -> str | None:
    """One name for a path; None where a folder's name has a dot of its own."""
    return None if any("." in part for part in parts) else ".".join(parts)
