"""What a folder holds, for those who ask again whether it still does."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: what the names of Python files end with
SUFFIXES = (".py", ".pyi", ".pyw")
#: configuration files, in the order in which a folder is asked for them
CONFIGURATIONS = (".devlint.toml", "devlint.toml", "pyproject.toml")
#: files that say something about the folder that they are in, and everything below
MARKS = (*CONFIGURATIONS, "setup.py", "setup.cfg", "requirements.txt", ".gitignore")
_OF_INTEREST = frozenset((*MARKS, ".git"))
#: folders that nobody wants looked at; a folder that is named on the command line is looked at all the same
DEFAULT_EXCLUDE = frozenset((
    ".bzr", ".direnv", ".devlint_cache", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache",
    ".nox", ".pyenv", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv", "__pycache__", "__pypackages__", "build",
    "dist", "node_modules", "site-packages", "venv",
))  # fmt: skip
#: kinds of texts beside the code
_DOCUMENTS = (".ipynb", ".md", ".rst", ".sh", ".yml", ".yaml")
#: folders that come and go without a meaning
_FLEETING = ("__pycache__", ".devlint_cache")
_FLEETING_FOLDERS = tuple(f"{name}/" for name in _FLEETING)


def importable(folder: str) -> list[str]:
    """The names of its Python files and, with a ``/`` behind, of its folders; hidden ones and bytecode are left out.
    Nothing where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(filter(None, map(_name, entries)))
    except OSError:
        return []


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


def listed(folder: str) -> list[str]:
    """What a walk of a folder hangs on, see ``lines``."""
    try:
        with os.scandir(folder) as entries:
            return lines(entries)
    except OSError:
        return []


def lines(entries: Iterable[os.DirEntry[str]]) -> list[str]:
    """The Python files, folders and marks among the entries of a folder by their names and kinds, without what comes
    and goes."""
    return sorted(filter(None, map(_line, entries)))


def _line(entry: os.DirEntry[str]) -> str | None:
    name = entry.name
    if entry.is_dir(follow_symlinks=False):
        return None if name in _FLEETING else f"{name}/"
    if name.endswith(SUFFIXES) or name in _OF_INTEREST:
        return f"{name}@" if entry.is_symlink() else name
    return None


def documented(folder: str) -> list[str]:
    """The names of its texts beside the code and, with a ``/`` behind, of its folders, but for hidden ones."""
    try:
        with os.scandir(folder) as entries:
            kinds = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError:
        return []
    found = (f"{name}/" if is_folder else name for name, is_folder in kinds if not is_folder or name[0] != ".")
    return sorted(name for name in found if name.endswith((*_DOCUMENTS, "/")) and name not in _FLEETING_FOLDERS)


def documents(root: str) -> Iterator[tuple[str, list[str]]]:
    """The folders below one, itself included, with their texts beside the code."""
    pending = [root]
    while pending:
        folder = pending.pop()
        names = documented(folder)
        yield folder, [name for name in names if not name.endswith("/")]
        pending += [os.path.join(folder, name[:-1]) for name in reversed(names) if name.endswith("/")]


def distributions(folder: str) -> list[str]:
    """The installed distributions that a folder on Python's path holds."""
    try:
        return sorted(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))
    except OSError:
        return []
