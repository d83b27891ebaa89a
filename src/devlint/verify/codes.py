"""The files of projects as what is tried imports them, compiled once for all processes that are forked from one."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from types import CodeType

from devlint.error import DevlintError
from devlint.source import Source
from devlint.verify import instrument

#: bytes; whatever is larger is a table
_LARGEST = 1_000_000
_FAILURES = (OSError, DevlintError, SyntaxError, ValueError, RecursionError)

#: path, name in tracebacks, size and time of the last change -> the code, None where the analysis could not read it
_known: dict[tuple[str, str, int, int], CodeType | None] = {}
#: what was compiled in this process
_fresh: list[tuple[str, str]] = []


def code(path: Path, file: str) -> tuple[CodeType | None, int]:
    """The code of a file of which every statement may fail, and the size of that file."""
    try:
        found = path.stat()
    except OSError:
        return None, 0
    key = (str(path), file, found.st_size, found.st_mtime_ns)
    if key not in _known:
        _known[key] = _compiled(path, file) if path.is_file() and found.st_size <= _LARGEST else None
        _fresh.append((str(path), file))
    return _known[key], found.st_size


def _compiled(path: Path, file: str) -> CodeType | None:
    with suppress(*_FAILURES):
        text = Source.decode(path.read_bytes(), file).text
        made: CodeType = compile(instrument.forgiving(ast.parse(text)), file, "exec")
        return made
    return None


def fresh() -> list[tuple[str, str]]:
    """What was compiled in this process, for the one that it was forked from."""
    return _fresh


def learn(paths: list[tuple[str, str]]) -> None:
    """Compile, for the processes to come, what a process had to compile that is over."""
    for path, file in paths:
        code(Path(path), file)
    _fresh.clear()
