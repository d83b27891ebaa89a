"""The project that a file belongs to: its root folder, and the torch versions it says it supports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from devlint.error import DevlintError
from devlint.settings.configuration import find
from devlint.settings.document import display, parse_toml
from devlint.world import DEFAULT_TORCH, VersionRange

_BUILDS = ("pyproject.toml", "setup.py", "setup.cfg")
_TORCH = re.compile(r"torch\s*(?:\[[^\]]*\])?\s*\(?\s*(?P<range>[<>=!~^][^;#)]*)", re.IGNORECASE)


def root_of(folder: Path) -> Path:
    """The root of the project that a folder is part of: the nearest folder above with a devlint configuration, else
    with ``.git``, else with a build file, else the current directory.

    A broken configuration does not move the root: whoever reads its settings reports it.
    """
    try:
        document = find(folder)
    except DevlintError:
        document = None
    if document is not None:
        return document.folder
    return _above(folder, (".git",)) or _above(folder, _BUILDS) or Path.cwd()


@cache
def _above(folder: Path, names: tuple[str, ...]) -> Path | None:
    if any((folder / name).exists() for name in names):
        return folder
    return None if folder.parent == folder else _above(folder.parent, names)


@cache
def torch_of(root: Path) -> tuple[VersionRange, str]:
    """The torch versions that a project's own metadata asks for, and the name of the file that does; the default
    range where none does."""
    for name, requirements in (
        ("pyproject.toml", _pyproject),
        ("requirements.txt", _lines),
        ("setup.cfg", _lines),
    ):
        path = root / name
        try:
            found = [match["range"] for text in requirements(path) if (match := _TORCH.match(text.strip()))]
        except (OSError, UnicodeDecodeError, DevlintError):
            continue
        for specifier in found:
            try:
                return VersionRange.parse(_plain(specifier)), display(path)
            except ValueError:
                continue
    return DEFAULT_TORCH, "default"


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8").splitlines()


def _pyproject(path: Path) -> Iterator[str]:
    """Every requirement of a pyproject.toml, also Poetry's (``torch = "^2.1"``)."""
    data = parse_toml(path.read_text(encoding="utf-8"), display(path))
    project = _table(data, "project")
    for group in (project.get("dependencies"), *_table(project, "optional-dependencies").values()):
        yield from (text for text in group or () if isinstance(text, str))
    poetry = _table(_table(data, "tool"), "poetry")
    for name, version in _table(poetry, "dependencies").items():
        version = version.get("version") if isinstance(version, dict) else version
        if isinstance(version, str):
            yield f"{name} {version}"


def _table(data: Any, key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _plain(specifier: str) -> str:
    """Poetry's caret as a plain range: ``^2.1`` is ``>=2.1,<3``."""
    caret = re.fullmatch(r"\^\s*(\d+)([\d.]*)\s*", specifier)
    return specifier if caret is None else f">={caret[1]}{caret[2]},<{int(caret[1]) + 1}"
