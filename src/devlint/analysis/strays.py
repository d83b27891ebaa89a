"""Files that nothing uses: copies and left-overs in a program, which nobody imports and which do nothing when started.

A package that can be installed is used by others, whatever it does itself; so is a file beside which none is imported.
Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
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
#: what says in the files of these names that a project is installed
_PACKAGED = {"setup.py": "setup(", "setup.cfg": "[metadata]", "pyproject.toml": "[project]"}
#: statements that only give names to things
_NAMING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def is_stray(project: Project, program: Program) -> bool:
    """Whether a file belongs to a program whose other files import each other, and none of them this one."""
    root, path = project.root, Path(program.from_root)
    if root is None or path.stem == "__init__" or not all(map(_only_names, program.tree.body)):
        return False
    if any(_is_installed(root / folder) for folder in path.parents):
        return False
    others = {file: data for file, data in project.index.everything() if file != program.from_root}
    if any(_BY_NAME.search(data) for data in others.values()) or _is_said(path.stem, others.values()):
        return False
    beside = (Path(file).stem for file in others if Path(file).parent == path.parent)
    return any(_is_imported(stem, others.values()) for stem in beside if stem != "__init__")


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
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in torch_facts.MOVES


def _is_installed(folder: Path) -> bool:
    """Whether a folder holds what installs it."""
    for name, mark in _PACKAGED.items():
        try:
            if mark in (folder / name).read_text(encoding="utf-8", errors="replace"):
                return True
        except OSError:
            continue
    return False


def _is_said(stem: str, texts: Collection[bytes]) -> bool:
    """Whether a word stands in one of some texts, strings included."""
    word = re.compile(rb"\b%s\b" % re.escape(stem.encode()))
    return any(word.search(text) for text in texts)


def _is_imported(stem: str, texts: Collection[bytes]) -> bool:
    """Whether one of some texts imports a module of this name."""
    line = re.compile(rb"(?m)^[ \t]*(?:from|import)\b[^\n#]*\b%s\b" % re.escape(stem.encode()))
    return any(line.search(text) for text in texts)
