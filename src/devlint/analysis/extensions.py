"""Extensions that are compiled for CUDA, and what cannot be imported where there is none of it.

``CUDAExtension`` needs CUDA to be built, so that importing what it builds raises ImportError elsewhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import subsystem
from devlint.analysis.names import imported_name

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

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
        if not self._names:
            return False
        with self._project.grounds.under((program, "extensions")):
            if program not in self._needing:
                self._needing[program] = any(
                    self._is_one(name, found)
                    for found in subsystem.required(self._project, program)
                    for name in _imported(found)
                )
        return self._needing[program]

    def _is_one(self, module: str, importer: Program) -> bool:
        """Whether a name of an import statement means such an extension, and nothing that is written in Python."""
        return module.rpartition(".")[2] in self._names and not self._project.is_bound(module, importer)

    @property
    def _names(self) -> frozenset[str]:
        """The last names of the extensions, as a package may keep its own beside its modules; none that is also
        compiled for the CPU."""
        self._project.grounds.note(Extensions)
        return self._declared

    @cached_property
    def _declared(self) -> frozenset[str]:
        with self._project.grounds.under(Extensions):
            texts = self._project.index.texts_called("setup.py")
            found = {(kind, name.rpartition(".")[2]) for text in texts for kind, name in _DECLARED.findall(text)}
        return frozenset(name for kind, name in found if kind == "CUDA" and ("Cpp", name) not in found)


def _imported(program: Program) -> Iterator[str]:
    """The names that the import statements of a file's top level bring."""
    for statement in program.tree.body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield statement.module or ""
            yield from (imported_name(statement, alias.name) for alias in statement.names)
