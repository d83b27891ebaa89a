"""The reverse index of a project: where its files mention a name, found by a search of their text.

Nothing is read before somebody asks, which happens for the sake of a place that would be reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from devlint.analysis import roles
from devlint.analysis.answer import Guard
from devlint.analysis.callers import Reference
from devlint.analysis.program import Function, ImportNode, Program

#: places that are looked at for one name; of what is more widely used nothing is known
PLACES = 50


class Index:
    """Where the files of a project mention something; tests aside, which choose their own data."""

    def __init__(
        self, root: Path | None, files: Callable[[], Iterable[Path]], program: Callable[[str], Program | None]
    ) -> None:
        self._root, self._files, self._program = root, files, program
        self._references: dict[str, tuple[Reference, ...] | None] = {}
        self._imports: dict[str, tuple[tuple[Program, ImportNode], ...]] = {}

    def references(self, name: str) -> tuple[Reference, ...] | None:
        """The places that may mean a function or class of this name; None where they are more than ``PLACES``."""
        if name not in self._references:
            programs = self._mentioning(name)
            found = tuple(Reference(program, node) for program in programs or () for node in program.named(name))
            self._references[name] = None if programs is None or len(found) > PLACES else found
        return self._references[name]

    def definitions(self, name: str) -> tuple[Function, ...]:
        """The functions and methods of this name; none where it is written too often to look them all up."""
        programs = self._mentioning(name) or ()
        return tuple(function for program in programs for function in program.functions if function.name == name)

    def imports(self, module: str) -> tuple[tuple[Program, ImportNode], ...]:
        """The statements that may import a module of this last name, or something of it, as far as the first
        ``PLACES`` of files that have one."""
        if module not in self._imports:
            programs = self._mentioning(module, rb"(?m)^[ \t]*(?:from|import)\b.*\b%s\b") or ()
            found = ((program, node) for program in programs for node in program.imports_of(module))
            self._imports[module] = tuple(found)
        return self._imports[module]

    def environment(self, key: str) -> tuple[Program, ...]:
        """The files that read an environment variable."""
        return tuple(self._mentioning(key, rb"(?:getenv|environ\.get)\([ \t]*[\"']%s[\"']") or ())

    @cached_property
    def engines(self) -> bool:
        """Whether any file imports an engine of CUDA at the beginning of a line."""
        required = re.compile(rb"(?m)^(?:from|import)[ \t]+([\w.]+)")
        names = {name for data in self._texts.values() for name in required.findall(data)}
        return any(roles.is_engine(name.decode()) for name in names)

    def _mentioning(self, name: str, pattern: bytes = rb"\b%s\b") -> list[Program] | None:
        """The files whose text has a name; None where it has it too often, imports, strings and comments included."""
        word = name.encode()
        search = re.compile(pattern % re.escape(word))
        written = {path: len(search.findall(data)) for path, data in self._texts.items() if word in data}
        if sum(written.values()) > 2 * PLACES:
            return None
        return list(filter(None, (self._program(path) for path, times in written.items() if times)))

    def texts(self) -> Iterator[bytes]:
        """The bytes of these files, kept by nobody: most projects are asked for nothing else."""
        return (data for _, data in self._read())

    @cached_property
    def _texts(self) -> dict[str, bytes]:
        """The bytes of every file that is no test, by path from the root."""
        return dict(self._read())

    def _read(self) -> Iterator[tuple[str, bytes]]:
        for path in self._files() if self._root is not None else ():
            from_root = path.relative_to(self._root).as_posix()  # type: ignore[arg-type]
            if Guard.DATA not in roles.of_path(from_root):
                try:
                    yield from_root, path.read_bytes()
                except OSError:
                    continue  # gone, or not for us; whoever lints it is told
