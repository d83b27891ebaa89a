"""Files that nothing uses: copies and left-overs in a program, which nobody imports and which do nothing when started.

A package that can be installed is used by others, whatever it does itself; so is a file beside which none is imported.
Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis import torch_facts

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: what imports modules by names that no import statement says
_BY_NAME = re.compile(
    rb"(?:import_module|__import__|spec_from_file_location)\((?!\s*[\"'])|iter_modules|walk_packages|runpy|hydra|\bexec\("
)
_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from|import)\b[^\n#]*")
#: what says in the files of these names that a project is installed
_PACKAGED = {"setup.py": "setup(", "setup.cfg": "[metadata]", "pyproject.toml": "[project]"}
#: statements that only give names to things
_NAMING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


class Strays:
    """Tells which files of a project are strays. Its other files are read when the first that may be one is asked
    about."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def has(self, program: Program) -> bool:
        """Whether a file belongs to a program whose other files import each other, and none of them this one."""
        root, own = self._project.root, program.from_root
        if root is None or Path(own).stem == "__init__" or not all(map(_only_names, program.tree.body)):
            return False
        if any(is_installed(root / folder) for folder in Path(own).parents):
            return False
        if self._importing_by_name - {own} or self._is_said(program):
            return False
        beside = {Path(file).stem for file in self._texts if Path(file).parent == Path(own).parent and file != own}
        return any(self._importers[stem] - {own} for stem in beside & self._importers.keys() - {"__init__"})

    def _is_said(self, program: Program) -> bool:
        """Whether another file says the name of one, in strings as well."""
        word = re.compile(rb"\b%s\b" % re.escape(Path(program.from_root).stem.encode()))
        return any(file != program.from_root and word.search(text) for file, text in self._texts.items())

    @cached_property
    def _importing_by_name(self) -> frozenset[str]:
        return frozenset(file for file, text in self._texts.items() if _BY_NAME.search(text))

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        """The files in whose import statements each word stands."""
        found: dict[str, set[str]] = defaultdict(set)
        for file, text in self._texts.items():
            for line in _IMPORT.findall(text):
                for word in re.findall(rb"\w+", line):
                    found[word.decode(errors="replace")].add(file)
        return found

    @cached_property
    def _texts(self) -> dict[str, bytes]:
        return dict(self._project.index.everything())


def _only_names(statement: ast.stmt) -> bool:
    """Whether a statement of the module level does nothing for whoever starts the file; to put something on a device is
    the beginning of a program."""
    if isinstance(statement, ast.If):
        return all(map(_only_names, (*statement.body, *statement.orelse)))
    if isinstance(statement, ast.Try):
        handled = (inner for handler in statement.handlers for inner in handler.body)
        return all(map(_only_names, (*statement.body, *handled)))
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and any(map(_is_move, ast.walk(statement))):
        return False
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, (*_NAMING, ast.Pass))


def _is_move(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in torch_facts.PLACING


def is_installed(folder: Path) -> bool:
    """Whether a folder holds what installs it."""
    for name, mark in _PACKAGED.items():
        try:
            if mark in (folder / name).read_text(encoding="utf-8", errors="replace"):
                return True
        except OSError:
            continue
    return False
