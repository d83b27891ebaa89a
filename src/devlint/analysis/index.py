"""The reverse index of a project: where its files mention a name, found by a search of their text.

Nothing is read before somebody asks, which happens for the sake of a place that would be reported.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from devlint.analysis import lexicon, roles
from devlint.analysis.answer import Guard
from devlint.analysis.callers import Reference
from devlint.analysis.definitions import ClassNode, Function, ImportNode
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

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
        #: the files in ``_text``, and where each begins
        self._paths: list[str] = []
        self._starts: list[int] = []

    def references(self, name: str) -> tuple[Reference, ...] | None:
        """The places that may mean a function or class of this name; None where they are more than ``PLACES``."""
        if name not in self._references:
            programs = self._mentioning(name)
            found = tuple(Reference(program, node) for program in programs or () for node in program.named(name))
            self._references[name] = None if programs is None or len(found) > PLACES else found
        return self._references[name]

    def renaming(self, name: str) -> tuple[Program, ...]:
        """The files that import something of this name under another one."""
        found = self._mentioning(name) or ()
        return tuple(
            program
            for program in found
            if any(alias != name and target.rpartition(".")[2] == name for alias, target in program.aliases.items())
        )

    def is_said(self, name: str) -> bool:
        """Whether a text in the code ends with a name, where more is done with it than to list it in ``__all__``, or a
        test has it."""
        said = re.compile(rf"(?:^|[.:]){re.escape(name)}$")
        for program in self._mentioning(name) or ():
            for node in program.parents:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and said.search(node.value):
                    if not _is_listed(program, node):
                        return True
        return next(_occurrences(self._tests, name.encode()), None) is not None

    def definitions(self, name: str) -> tuple[Function, ...]:
        """The functions and methods of this name; none where it is written too often to look them all up."""
        programs = self._mentioning(name) or ()
        return tuple(function for program in programs for function in program.functions if function.name == name)

    def binding(self, name: str) -> Program | None:
        """The only file whose module level defines a function or class of this name."""
        defined = re.compile(rb"(?m)^(?:class|def|async def)[ \t]+%s\b" % re.escape(name.encode()))
        files = self._files_at([match.start() for match in defined.finditer(self._text)]) or []
        return self._program(files[0]) if len(files) == 1 else None

    def imports(self, module: str) -> tuple[tuple[Program, ImportNode], ...]:
        """The statements that may import a module of this last name, or something of it; none where there are more
        than twice ``PLACES``."""
        if module not in self._imports:
            found = self._files_at(self._import_lines.get(module.encode(), ()))
            programs = filter(None, map(self._program, found or ()))
            self._imports[module] = tuple(
                (program, node) for program in programs for node in program.imports_of(module)
            )
        return self._imports[module]

    def imports_are_known(self, module: str) -> bool:
        """Whether there are few enough of these statements."""
        return len(self._import_lines.get(module.encode(), ())) <= 2 * PLACES

    def subclasses(self, owner: ClassNode) -> Iterator[ClassNode]:
        """The classes that name a class among their bases, in its own file and, unless it is written too often, in the
        project."""
        for program in {owner.program, *(self._mentioning(owner.name) or ())}:
            for found in program.classes.values():
                if any(last_name(base) == owner.name for base in found.node.bases):
                    yield found

    def is_set_on_others(self, attribute: str) -> bool:
        """Whether any file binds an attribute of this name on something that is neither called ``self`` nor named like
        a namespace of options."""
        bound = re.compile(rb"(\w*)\.%s[ \t]*=(?!=)" % re.escape(attribute.encode()))
        receivers = {match[1].decode() for match in bound.finditer(self._text)}
        return any(not name or not (name == "self" or lexicon.names_namespace(name)) for name in receivers)

    def is_read_only_by(self, program: Program, attribute: str) -> bool:
        """Whether no other file has an attribute of this name."""
        named = re.compile(rb"\.%s\b" % re.escape(attribute.encode()))
        files = self._files_at(match.start() for match in named.finditer(self._text))
        return files is not None and set(files) <= {program.from_root}

    def environment(self, key: str) -> tuple[Program, ...]:
        """The files that read an environment variable."""
        read = re.compile(rb"(?:getenv|environ\.get)\([ \t]*[\"']%s[\"']" % re.escape(key.encode()))
        files = self._files_at([match.start() for match in read.finditer(self._text)])
        return tuple(filter(None, map(self._program, files or ())))

    @cached_property
    def saving(self) -> tuple[Program, ...]:
        """The files that save something with torch; none where there are too many."""
        saved = re.finditer(rb"\b(?:torch|th)\.(?:serialization\.|jit\.)?save\(", self._text)
        files = self._files_at(match.start() for match in saved)
        return tuple(filter(None, map(self._program, files or ())))

    def says(self, word: str) -> bool:
        """Whether a word stands in any file."""
        return next(_occurrences(self._text, word.encode()), None) is not None

    @cached_property
    def engines(self) -> bool:
        """Whether any file imports an engine of CUDA at the beginning of a line."""
        names = set(re.findall(rb"(?m)^(?:from|import)[ \t]+([\w.]+)", self._text))
        return any(roles.is_engine(name.decode()) for name in names)

    # -- text

    def _mentioning(self, name: str) -> list[Program] | None:
        """The files whose text has a name; None where it has it too often, imports, strings and comments included."""
        files = self._files_at(_occurrences(self._text, name.encode()))
        return None if files is None else list(filter(None, map(self._program, files)))

    def _files_at(self, offsets: Iterable[int]) -> list[str] | None:
        """The files in which these places are, each once; None where the places are more than twice ``PLACES``."""
        taken = list(islice(offsets, 2 * PLACES + 1))
        if len(taken) > 2 * PLACES:
            return None
        return list(dict.fromkeys(self._paths[bisect_right(self._starts, offset) - 1] for offset in taken))

    @cached_property
    def _import_lines(self) -> dict[bytes, list[int]]:
        """The import statements that have a word in their first line, by word."""
        found: dict[bytes, list[int]] = defaultdict(list)
        for line in re.finditer(rb"(?m)^[ \t]*(?:from|import)\b.*", self._text):
            for word in set(re.findall(rb"\w+", line[0])):
                found[word].append(line.start())
        return found

    @cached_property
    def _text(self) -> bytes:
        """The text of every file that is no test, one after the other."""
        parts: list[bytes] = []
        offset = 0
        for path, data in self._read():
            self._paths.append(path)
            self._starts.append(offset)
            parts.append(data)
            offset += len(data) + 1
        return b"\n".join(parts)

    @cached_property
    def _tests(self) -> bytes:
        """The text of the files that are left out."""
        return b"\n".join(data for path, data in self.everything() if Guard.DATA in roles.of_path(path))

    def texts(self) -> Iterator[bytes]:
        """The bytes of these files, kept by nobody: most projects are asked for nothing else."""
        return (data for _, data in self._read())

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Every file by its path from the root, with its text; tests too."""
        for path in self._files() if self._root is not None else ():
            try:
                yield path.relative_to(self._root).as_posix(), path.read_bytes()  # type: ignore[arg-type]
            except OSError:
                continue  # gone, or not for us; whoever lints it is told

    def files_called(self, name: str) -> Iterator[str]:
        """The texts of the files of this name."""
        for path in self._files() if self._root is not None else ():
            if path.name == name:
                try:
                    yield path.read_text(encoding="utf-8", errors="replace")
                except OSError:
                    continue

    def _read(self) -> Iterator[tuple[str, bytes]]:
        return ((path, data) for path, data in self.everything() if Guard.DATA not in roles.of_path(path))


def _occurrences(text: bytes, word: bytes) -> Iterator[int]:
    """Where a word stands in a text."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_is_word(text[start - 1 : start]) or _is_word(text[end : end + 1])):
            yield start
        start = text.find(word, end)


def _is_listed(program: Program, node: ast.AST) -> bool:
    """Whether a text stands in what a file lists as ``__all__``."""
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
    return isinstance(node, (ast.Assign, ast.AugAssign)) and any(
        isinstance(one, ast.Name) and one.id == "__all__" for one in ast.walk(node)
    )


def _is_word(character: bytes) -> bool:
    """Whether a character, or nothing, goes on with a name."""
    return character.isalnum() or character == b"_"
