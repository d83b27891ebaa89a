"""A TOML file that remembers on which line each key stands."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from devlint.error import DevlintError

Keys = tuple[str, ...]

_HEADER = re.compile(r"\s*\[\[?\s*(?P<keys>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"""\s*(?P<keys>(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+|\s*\.\s*)+?)\s*=""")
_KEY = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


@dataclass(frozen=True)
class Document:
    """The devlint part of a configuration file.

    ``prefix`` are the keys that lead to its table (``tool.devlint`` in pyproject.toml, none elsewhere).
    """

    path: Path
    text: str
    prefix: Keys
    table: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """What relative paths in it start from."""
        return self.path.parent

    @property
    def name(self) -> str:
        """What messages call it."""
        return display(self.path)

    def where(self, *keys: str, value: str | None = None) -> str:
        """``file:line`` of a key, or of one string in its value; the nearest enclosing key where it has no line."""
        path = (*self.prefix, *keys)
        while path and path not in self._lines:
            path = path[:-1]
        if not path or self.name == "--config":
            return self.name
        line = self._lines[path]
        if value is not None:
            for number, text in enumerate(self.text.split("\n")[line - 1 :], line):
                if f'"{value}"' in text or f"'{value}'" in text:
                    line = number
                    break
        return f"{self.name}:{line}"

    @cached_property
    def _lines(self) -> dict[Keys, int]:
        lines: dict[Keys, int] = {}
        header: Keys = ()
        for number, text in enumerate(self.text.split("\n"), 1):
            if match := _HEADER.match(text):
                keys = header = _split(match["keys"])
            elif match := _ASSIGNMENT.match(text):
                keys = (*header, *_split(match["keys"]))
            else:
                continue
            for length in range(1, len(keys) + 1):
                lines.setdefault(keys[:length], number)
        return lines


def _split(dotted: str) -> Keys:
    return tuple(a or b or c for a, b, c in _KEY.findall(dotted))


def display(path: Path) -> str:
    """A path as messages write it: relative to the current directory, with ``/``."""
    try:
        return os.path.relpath(path).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.as_posix()


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises DevlintError with ``name:line`` when it is not TOML."""
    from devlint.toml import TOMLDecodeError, tables

    try:
        return tables(text)
    except TOMLDecodeError as error:
        message, _, at = str(error).partition(" (at line ")
        line = at.partition(",")[0] if at else str(text.count("\n") + 1)
        raise DevlintError(f"{name}:{line}: not valid TOML: {message[:1].lower()}{message[1:]}") from error


def read_document(path: Path) -> Document | None:
    """The devlint table of a configuration file, or None when a pyproject.toml has none.

    Raises DevlintError when the file cannot be read or is not TOML.
    """
    name = display(path)
    try:
        data = path.read_bytes()
        if path.name == "pyproject.toml" and b"devlint" not in data:
            return None
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DevlintError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if path.name != "pyproject.toml":
        document = Document(path, text, (), parse_toml(text, name))
        if "tool" in document.table:
            where = document.where("tool")
            raise DevlintError(f"{where}: `tool` is for pyproject.toml", "settings stand without a header here")
        return document
    tool = parse_toml(text, name).get("tool", {})
    table = tool.get("devlint") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise DevlintError(f"{Document(path, text, ('tool', 'devlint'), {}).where()}: `tool.devlint` must be a table")
    return Document(path, text, ("tool", "devlint"), table)


def inline_document(assignment: str) -> Document:
    """What ``--config KEY=VALUE`` says. Raises DevlintError when it is not TOML."""
    return Document(Path.cwd() / "--config", assignment, (), parse_toml(assignment, "--config"))
