"""What a folder holds that an import statement could mean."""

from __future__ import annotations

import os


def importable(folder: str) -> frozenset[str]:
    """The names of its Python files and, with a ``/`` behind, of its folders; hidden ones and bytecode are left out.
    Nothing where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(filter(None, map(_name, entries)))
    except OSError:
        return frozenset()


def _name(entry: os.DirEntry[str]) -> str | None:
    name = entry.name
    try:
        if name.startswith(".") or name == "__pycache__":
            return None
        if name.endswith(".py") and entry.is_file():
            return name
        return f"{name}/" if entry.is_dir() else None
    except OSError:  # a link that leads round in a circle
        return None
