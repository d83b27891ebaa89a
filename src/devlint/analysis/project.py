"""The files of one project, read and parsed when something first asks for them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Hashable, Iterable, Set
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from devlint.analysis import backends, distribution
from devlint.analysis.archives import Archives
from devlint.analysis.extensions import Extensions
from devlint.analysis.grounds import Ground, Grounds
from devlint.analysis.index import Index
from devlint.analysis.modules import Member, Modules
from devlint.analysis.program import Program
from devlint.analysis.promises import Promises
from devlint.analysis.runs import Runs
from devlint.analysis.strays import Strays
from devlint.error import DevlintError
from devlint.finding import Place
from devlint.source import Source
from devlint.world import World

#: expressions that were evaluated, in all worlds together, for what is kept in memory
KEPT = 2_000_000
#: a file of another project's size is a table or was generated: nothing in it is asked for
LARGEST_FILE = 1_000_000


class Project:
    """What stands around a file. Without a root, nothing.

    ``files`` lists the Python files of the project, ``display`` is how findings write a path.
    """

    def __init__(
        self,
        root: Path | None = None,
        files: Callable[[], Iterable[Path]] = tuple,
        display: Callable[[Path], str] = str,
    ) -> None:
        self.root = root
        self._files = files
        self._display = display
        self._programs: dict[str, Program | None] = {}
        #: what the answers about its files rest on
        self.grounds = Grounds()
        self.modules = None if root is None else Modules(root, self.grounds)
        self._begin()

    def _begin(self) -> None:
        """Know nothing yet of what the files do and mention."""
        self._runs: dict[World, Runs] = {}
        #: expressions that were evaluated for what is kept
        self.evaluated = 0
        #: what came of texts of files, as far as somebody asked
        self.judged: dict[Hashable, Any] = {}
        self.index = Index(self.root, self._files, self.program, self.grounds)
        self.archives = Archives(self)
        self.extensions = Extensions(self)
        self.strays = Strays(self)
        self.promises = Promises(self)

    def runs(self, world: World) -> Runs:
        """The project in one world."""
        if world not in self._runs:
            self._runs[world] = Runs(self, world)
        return self._runs[world]

    def relieve(self) -> None:
        """Forget what was seen in the files, if that is much; whoever asks again is told the same."""
        if self.evaluated > KEPT:
            for runs in self._runs.values():
                runs.forget()
            self.evaluated = 0

    @cached_property
    def backends(self) -> tuple[str, ...]:
        """The backends beside torch's accelerator that some file of the project chooses between."""
        return backends.known(self.index.texts())

    # -- files

    def adopt(self, source: Source, tree: ast.Module, from_root: str) -> Program:
        """The program of a file that was read and parsed by somebody else. Another text than was known before makes
        everything forgotten that was made of it."""
        known = self.known(source, from_root)
        if known is not None:
            return known
        if from_root in self._programs:
            self._begin()
        self._programs[from_root] = program = Program(source, tree, from_root)
        return program

    def known(self, source: Source, from_root: str) -> Program | None:
        """The program of a file that was read for the sake of another, if the file has this text."""
        found = self._programs.get(from_root)
        return found if found is not None and found.source.text == source.text else None

    def program(self, from_root: str) -> Program | None:
        """The program of a file of the project, by its path from the root; None where it cannot be read or parsed."""
        self.grounds.note(from_root)
        if from_root not in self._programs:
            self._programs[from_root] = self._read(from_root)
        return self._programs[from_root]

    def _read(self, from_root: str) -> Program | None:
        assert self.root is not None
        path = self.root / from_root
        try:
            data = path.read_bytes()
            if len(data) > LARGEST_FILE:
                return None
            source = Source.decode(data, self._display(path))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # on odd escapes
                return Program(source, ast.parse(source.text), from_root)
        except (OSError, DevlintError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # whoever lints that file is told

    def file_of(self, name: str, importer: Program) -> str | None:
        """The file of the project that a name of an import statement means, or is something of."""
        member = self._member(name, importer)
        return None if member is None else member.file

    def binder(self, name: str, importer: Program) -> tuple[Program, str] | None:
        """The file of the project that binds what a name of an import statement means, and its name there."""
        member = self._member(name, importer)
        program = self.program(member.file) if member is not None else None
        return (program, member.rest) if member is not None and program is not None else None

    def is_bound(self, name: str, importer: Program) -> bool:
        """Whether a name of an import statement means a file of the project, or what one binds."""
        member = self._member(name, importer)
        program = self.program(member.file) if member is not None else None
        return member is not None and (not member.rest or program is None or member.rest in program.bindings)

    def _member(self, name: str, importer: Program) -> Member | None:
        if self.modules is None:
            return None
        absolute = self.modules.absolute(name, importer.from_root)
        return self.modules.member(absolute) if absolute is not None else None

    def is_in_package(self, from_root: str) -> bool:
        """Whether a file is in a folder that is a package."""
        assert self.root is not None
        package = PurePosixPath(from_root).with_name("__init__.py").as_posix()
        self.grounds.note(package)
        return (self.root / package).is_file()

    def is_installed(self, from_root: str) -> bool:
        """Whether a folder of the project that a file is in holds what installs it."""
        assert self.root is not None
        found = any(distribution.is_installed(self.root / folder) for folder in PurePosixPath(from_root).parents)
        self.grounds.note(Ground("installed", from_root, (from_root,) if found else ()))
        return found

    def installs(self, from_root: str) -> bool:
        """Whether a file is of what is installed, as far as the packages that are listed say."""
        assert self.root is not None
        for folder in PurePosixPath(from_root).parents:
            for name in ("setup.py", "pyproject.toml"):
                self.grounds.note((folder / name).as_posix())
        return self.is_installed(from_root) and distribution.installs(self.root, from_root)

    def outside(self, files: Set[str]) -> tuple[str, ...]:
        """Of some files that were asked those that are not listed, and all such folders, by their paths from the root:
        what is listed says nothing of them."""
        folders = () if self.modules is None else map("/".join, self.modules.folders)
        listed, known = self._listed
        unlisted = {folder or "." for folder in folders} - known
        return tuple(sorted({*files - listed, *unlisted}))

    @cached_property
    def _listed(self) -> tuple[Set[str], Set[str]]:
        """The files that are listed, and the folders that lead to them."""
        files = {path.relative_to(self.root) for path in self._files()} if self.root is not None else set()
        folders = {parent for file in files for parent in file.parents}
        return {file.as_posix() for file in files}, {folder.as_posix() for folder in folders}

    def place(self, node: ast.AST) -> Place:
        """Where a node stands, in whichever file that was read."""
        programs = filter(None, self._programs.values())
        program = next(program for program in programs if node in program.parents)
        return program.source.place(*program.span(node))
