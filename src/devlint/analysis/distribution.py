"""What of a folder is installed, as far as the files say that install it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from devlint.analysis.names import last_name

#: what says in the files of these names that a project is installed
_INSTALLING = {"setup.py": ("setup(",), "setup.cfg": ("[metadata]",), "pyproject.toml": ("[project]", "[tool.poetry]")}
#: what may name packages in a call of ``setup``; None are keywords behind two stars
_PACKAGES = frozenset(("packages", "package_dir", "py_modules", None))


def is_installed(folder: Path) -> bool:
    """Whether a folder holds what installs something of it."""
    is_set_up = any(mark in _text(folder / name) for name, marks in _INSTALLING.items() for mark in marks)
    return is_set_up and _of_setup(folder / "setup.py") != frozenset()


def installs(root: Path, from_root: str) -> bool:
    """Whether a file of a project is of what is installed, as far as the packages that are named say."""
    for folder in PurePosixPath(from_root).parents:
        if is_installed(root / folder):
            named = _packages(root / folder)
            return named is None or _outermost_of(folder, from_root) in named
    return False


def _packages(folder: Path) -> frozenset[str] | None:
    """The outermost packages of a folder that are installed; None where that is not all there is."""
    listed = _of_setup(folder / "setup.py")
    return _of_project(folder / "pyproject.toml") if listed is None else listed


def _of_setup(setup: Path) -> frozenset[str] | None:
    """The outermost packages that are written down in ``setup.py``; None where that is not all there is."""
    try:
        tree = ast.parse(_text(setup))
    except (SyntaxError, ValueError):
        return None
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and last_name(node.func) == "setup")
    for call in calls:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "ext_modules" in given and not given.keys() & _PACKAGES and not _is_declared_beside(setup):
            return frozenset()  # none is discovered beside extensions (documentation of setuptools)
        if "packages" in given and not given.keys() & (_PACKAGES - {"packages"}):
            listed = texts(given["packages"])
            return None if listed is None else _outermost(listed)
    return None


def _is_declared_beside(setup: Path) -> bool:
    """Whether the files of settings beside a ``setup.py`` may name packages."""
    return "[options" in _text(setup.with_name("setup.cfg")) or "[project]" in _text(setup.with_name("pyproject.toml"))


def _of_project(file: Path) -> frozenset[str] | None:
    """The outermost packages that ``pyproject.toml`` names, or that its build backend looks for by the name of the
    project where it names none (documentation of Hatch, Flit and Poetry); None for backends that look further."""
    from devlint.toml import TOMLDecodeError, tables

    try:
        document = tables(_text(file))
    except TOMLDecodeError:
        return None
    backend = str(_at(document, "build-system", "build-backend") or "").partition(".")[0]
    tool = document.get("tool", {})
    match backend:
        case "hatchling":
            build = _at(tool, "hatch", "build") or {}
            named = [
                _at(part, key)
                for part in (_at(build, "targets", "wheel") or {}, build)
                for key in ("packages", "only-include", "include")
            ]
        case "flit_core":
            module = _at(tool, "flit", "module", "name")
            named = [[module] if module else None]
        case "poetry":
            listed = _at(tool, "poetry", "packages")
            named = [[str(one.get("include")) for one in listed] if listed else None]
        case _:
            return None
    found = next(filter(None, named), None)
    if found is not None:
        return _outermost(map(str, found))
    name = _at(document, "project", "name") or _at(tool, "poetry", "name")
    return frozenset({re.sub(r"[-.]+", "_", name)}) if isinstance(name, str) else None


def _at(table: Any, *keys: str) -> Any:
    """What a document holds under some keys, one in another; None if it holds nothing there."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _outermost(listed: Iterable[str]) -> frozenset[str] | None:
    """The first names of some packages, written as folders or with dots; None where a pattern is among them."""
    firsts = {next((part for part in re.split(r"[./]+", text) if part not in ("", "src")), "") for text in listed}
    return None if any(re.search(r"\W|^$", first) for first in firsts) else frozenset(firsts)


def _outermost_of(folder: PurePosixPath, from_root: str) -> str:
    """The outermost package of a folder that a file is in; ``src`` is where packages are kept."""
    parts = PurePosixPath(from_root).relative_to(folder).parts[:-1]
    return next((part for part in parts if part != "src"), "")


def texts(value: ast.expr) -> list[str] | None:
    """The texts of a list that holds nothing else."""
    if not isinstance(value, (ast.List, ast.Tuple)):
        return None
    found = [part.value for part in value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return found if len(found) == len(value.elts) else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
