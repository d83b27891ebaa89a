"""The reverse index of a project: where its files mention a name, found by a search of their text.

Nothing is read before somebody asks, which happens for the sake of a place that would be reported.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from devlint.analysis import roles, searches
from devlint.analysis.answer import Guard
from devlint.analysis.callers import Reference
from devlint.analysis.definitions import ClassNode, Function, ImportNode
from devlint.analysis.grounds import RARE, Ground, Grounds
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

#: places that are looked at for one name; of what is more widely used nothing is known
PLACES = 50


class Index:
    """Where the files of a project mention something; tests aside, which choose their own data."""

    def __init__(
        self,
        root: Path | None,
        files: Callable[[], Iterable[Path]],
        program: Callable[[str], Program | None],
        grounds: Grounds,
    ) -> None:
        self._root, self._files, self._program, self._grounds = root, files, program, grounds
        self._known: dict[tuple[str, str], Ground] = {}
        self._references: dict[str, tuple[Reference, ...] | None] = {}
        self._imports: dict[str, tuple[tuple[Program, ImportNode], ...]] = {}
        #: the files in ``_text``, and where each begins
        self._paths: list[str] = []
        self._starts: list[int] = []

    def references(self, name: str) -> tuple[Reference, ...] | None:
        """The places that may mean a function or class of this name; None where they are more than ``PLACES``."""
        with self._grounds.under(("references", name)):
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
                    if not is_listed(program, node):
                        return True
        return self._is_tested(name)

    def _is_tested(self, name: str) -> bool:
        """Whether a word stands in a test."""
        tests = tuple(path for path, text in self._tests.items() if searches.is_said(name, text))
        self._grounds.note(Ground("anywhere", name, (*(self.having("words", name) or ()), *tests)))
        return bool(tests)

    def definitions(self, name: str) -> tuple[Function, ...]:
        """The functions and methods of this name; none where it is written too often to look them all up."""
        programs = (self._programs("functions", name) or ()) if self._is_rare(name) else ()
        return tuple(function for program in programs for function in program.functions if function.name == name)

    def binding(self, name: str) -> Program | None:
        """The only file whose module level defines a function or class of this name."""
        files = self.having("definitions", name) or ()
        return self._program(files[0]) if len(files) == 1 else None

    def imports(self, module: str) -> tuple[tuple[Program, ImportNode], ...]:
        """The statements that may import a module of this last name, or something of it; none where there are more
        than twice ``PLACES``."""
        with self._grounds.under(("imports", module)):
            if module not in self._imports:
                programs = self._programs("imports", module)
                self._imports[module] = tuple(
                    (program, node) for program in programs or () for node in program.imports_of(module)
                )
        return self._imports[module]

    def imports_are_known(self, module: str) -> bool:
        """Whether there are few enough of these statements."""
        return self.having("imports", module) is not None

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
        return self.having("stores", attribute) != ()

    def is_read_only_by(self, program: Program, attribute: str) -> bool:
        """Whether no other file has an attribute of this name."""
        files = self.having("attributes", attribute)
        return files is not None and set(files) <= {program.from_root}

    def environment(self, key: str) -> tuple[Program, ...]:
        """The files that read an environment variable."""
        return self._programs("environment", key) or ()

    @property
    def saving(self) -> tuple[Program, ...]:
        """The files that save something with torch; none where there are too many."""
        return self._programs("saves") or ()

    def says(self, word: str) -> bool:
        """Whether a word stands in any file."""
        return self.having("words", word) != ()

    @property
    def engines(self) -> bool:
        """Whether any file imports an engine of CUDA at the beginning of a line."""
        return self.having("engines") != ()

    # -- text

    def _mentioning(self, name: str) -> tuple[Program, ...] | None:
        """The files whose text has a name; None where it has it too often, imports, strings and comments included."""
        return self._programs("words", name)

    def _programs(self, kind: str, about: str = "") -> tuple[Program, ...] | None:
        files = self.having(kind, about)
        return None if files is None else tuple(filter(None, map(self._program, files)))

    def having(self, kind: str, about: str = "") -> tuple[str, ...] | None:
        """The files in which one of the ``searches`` finds something; None where it finds it too often."""
        ground = self._searched(kind, about)
        self._grounds.note(ground)
        return ground.answer

    def _is_rare(self, word: str) -> bool:
        """Whether a word is not written too often."""
        found = self._searched("words", word)
        self._grounds.note(found if found.answer is None else Ground(RARE, word, ()))
        return found.answer is not None

    def _searched(self, kind: str, about: str) -> Ground:
        if (kind, about) not in self._known:
            text = self._text
            places = self._import_lines.get(about, ()) if kind == "imports" else searches.SEARCHES[kind](about, text)
            self._known[kind, about] = Ground(kind, about, self._files_at(places))
        return self._known[kind, about]

    def _files_at(self, offsets: Iterable[int]) -> tuple[str, ...] | None:
        """The files in which these places are, each once; None where the places are more than twice ``PLACES``."""
        taken = list(islice(offsets, 2 * PLACES + 1))
        if len(taken) > 2 * PLACES:
            return None
        return tuple(dict.fromkeys(self._paths[bisect_right(self._starts, offset) - 1] for offset in taken))

    @cached_property
    def _import_lines(self) -> dict[str, list[int]]:
        return searches.import_lines(self._text)

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
    def _tests(self) -> dict[str, bytes]:
        """The texts of the files that are left out."""
        return {path: data for path, data in self.everything() if Guard.DATA in roles.of_path(path)}

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

    def called(self, name: str) -> tuple[str, ...]:
        """The files of this name."""
        if self._root is None:
            return ()
        files = tuple(path.relative_to(self._root).as_posix() for path in self._files() if path.name == name)
        self._grounds.note(Ground("called", name, files))
        return files

    def texts_called(self, name: str) -> Iterator[str]:
        """The texts of the files of this name."""
        for path in self.called(name):
            self._grounds.note(path)
            try:
                yield Path(self._root or "", path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue

    def _read(self) -> Iterator[tuple[str, bytes]]:
        return ((path, data) for path, data in self.everything() if Guard.DATA not in roles.of_path(path))


def is_listed(program: Program, node: ast.AST) -> bool:
    """Whether a text stands in what a file lists as ``__all__``."""
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
    return isinstance(node, (ast.Assign, ast.AugAssign)) and any(
        isinstance(one, ast.Name) and one.id == "__all__" for one in ast.walk(node)
    )
