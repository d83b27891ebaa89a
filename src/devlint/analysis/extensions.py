"""Extensions that are compiled for CUDA, and what cannot be imported where there is none of it.

``CUDAExtension`` needs CUDA to be built, so that importing what it builds raises ImportError elsewhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import subsystem, syntax
from devlint.analysis.names import imported_name, last_name

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: what says that a module cannot be imported
_MISSING = frozenset(("ImportError", "ModuleNotFoundError", "Exception"))
_DECLARED = re.compile(r"\b(CUDA|Cpp)Extension\(\s*(?:name\s*=\s*)?[\"']([\w.]+)[\"']")


class Extensions:
    """The extensions that one project builds for CUDA, by what its ``setup.py`` files say."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._needing: dict[Program, bool] = {}

    @property
    def are_built(self) -> bool:
        return bool(self._names)

    def is_behind(self, module: str, importer: Program) -> bool:
        """Whether importing a module by this name imports such an extension, at once or through files of the project,
        past no condition."""
        if not self._names or self._is_one(module, importer):
            return bool(self._names)
        file = self._project.file_of(module, importer)
        program = self._project.program(file) if file is not None else None
        return program is not None and self.is_needed_by(program)

    def is_needed_by(self, program: Program) -> bool:
        """Whether a file imports such an extension at its top level, in the same ways."""
        if self._names and program not in self._needing:
            self._needing[program] = any(
                self._is_one(name, found)
                for found in subsystem.required(self._project, program)
                for name in _imported(found.tree.body)
            )
        return self._needing.get(program, False)

    def is_optional(self, program: Program) -> bool:
        """Whether a file goes on where such an extension cannot be imported."""
        tries = (node for node in program.parents if isinstance(node, ast.Try)) if self._names else ()
        return any(
            self.is_behind(name, program)
            for node in tries
            if any(map(_goes_on_without, node.handlers))
            for name in _imported(node.body)
        )

    def _is_one(self, module: str, importer: Program) -> bool:
        """Whether a name of an import statement means such an extension, and nothing that is written in Python."""
        return module.rpartition(".")[2] in self._names and not self._project.is_bound(module, importer)

    @cached_property
    def _names(self) -> frozenset[str]:
        """The last names of the extensions, as a package may keep its own beside its modules; none that is also
        compiled for the CPU."""
        texts = self._project.index.files_called("setup.py")
        found = {(kind, name.rpartition(".")[2]) for text in texts for kind, name in _DECLARED.findall(text)}
        return frozenset(name for kind, name in found if kind == "CUDA" and ("Cpp", name) not in found)


def _goes_on_without(handler: ast.ExceptHandler) -> bool:
    """Whether control goes on where a module is missing."""
    named = {"ImportError"} if handler.type is None else set(map(last_name, syntax.walk(handler.type)))
    return not named.isdisjoint(_MISSING) and not any(isinstance(node, ast.Raise) for node in syntax.walk(handler))


def _imported(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that the import statements of a block bring."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield statement.module or ""
            yield from (imported_name(statement, alias.name) for alias in statement.names)
