"""Which files exist for CUDA alone: those that need an engine of CUDA, and those that are entered only where CUDA is
asked for.

Asked only about a place that would be reported: nothing in such a file is a bug of a machine without CUDA.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from devlint.analysis import roles, syntax
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import ImportNode
from devlint.analysis.names import imported_name
from devlint.analysis.program import Program
from devlint.analysis.torch_facts import AVAILABILITY

if TYPE_CHECKING:
    from devlint.analysis.project import Project
    from devlint.analysis.runs import Runs

#: files that are followed from import to import, in search of an engine
FILES = 100
#: how far up the importers of importers are asked
IMPORTERS = 2


def needs_engine(project: Project, program: Program) -> bool:
    """Whether importing a file imports an engine of CUDA, at once or through other files, past no condition."""
    needed = required(project, program) if project.index.engines else ()
    return any(roles.is_engine(module) for found in needed for module in found.required)


def required(project: Project, program: Program) -> Iterator[Program]:
    """A file and those of the project that importing it imports past no condition."""
    pending, seen = [program], {program}
    while pending and len(seen) < FILES:
        found = pending.pop()
        yield found
        for file in _required_files(project, found):
            other = project.program(file)
            if other is not None and other not in seen:
                seen.add(other)
                pending.append(other)


def _required_files(project: Project, program: Program) -> Iterator[str]:
    for statement in program.tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from _files(project, program, statement)


def imported(project: Project, program: Program) -> Iterator[str]:
    """The files of the project that any import statement of a file runs, wherever it stands."""
    for statement in program.parents:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from _files(project, program, statement)


def _files(project: Project, program: Program, statement: ImportNode) -> Iterator[str]:
    """The files of the project that an import statement runs."""
    for alias in statement.names:
        name = alias.name if isinstance(statement, ast.Import) else imported_name(statement, alias.name)
        file = project.file_of(name, program)
        if file is not None:
            yield file


def entrance(runs: Runs, program: Program, levels: int = IMPORTERS) -> frozenset[Guard]:
    """The guards that everybody passes who imports a file in one world: none where nobody does, and ``CONTRACT`` where
    nobody gets to do it in this world."""
    shared: frozenset[Guard] | None = None
    found = False
    for importer, statement in importers(runs.project, program):
        guards = _before(runs, importer, statement)
        if guards is None:
            found |= _before(runs.opposite, importer, statement) is not None
            continue
        if levels:
            guards |= entrance(runs, importer, levels - 1)
        shared = guards if shared is None else shared & guards
        if not shared:
            return shared
    if shared is not None:
        return shared
    return frozenset({Guard.CONTRACT}) if found else frozenset()


def falls_back(program: Program) -> bool:
    """Whether a file somewhere chooses the CPU by an availability test: its author wants it to run without CUDA."""
    return any(
        isinstance(node, (ast.If, ast.IfExp))
        and any(isinstance(part, ast.Call) and program.name(part.func) in AVAILABILITY for part in ast.walk(node.test))
        and any(isinstance(part, ast.Constant) and part.value == "cpu" for part in ast.walk(node))
        for node in syntax.walk(program.tree)
    )


def hides_cuda(project: Project, program: Program) -> bool:
    """Whether a file makes torch believe that no machine has CUDA, or is imported only by files that do: then what was
    saved from CUDA is refused on every machine. torch.serialization asks ``torch.cuda.is_available()``"""
    if _denies_cuda(program):
        return True
    found = importers(project, program) if not program.is_script and knows_importers(project, program) else []
    return bool(found) and all(_denies_cuda(importer) for importer, _ in found)


def _denies_cuda(program: Program) -> bool:
    """Whether the module level says ``torch.cuda.is_available = lambda: False``."""
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Lambda)
        and isinstance(statement.value.body, ast.Constant)
        and statement.value.body.value is False
        and any(program.name(target) == "torch.cuda.is_available" for target in statement.targets)
        for statement in program.tree.body
    )


def importers(project: Project, program: Program) -> list[tuple[Program, ImportNode]]:
    """The statements of other files that import a file or something of it, those past no condition first."""
    found = [
        (importer, statement)
        for importer, statement in project.index.imports(_module(program))
        if importer is not program and program.from_root in _files(project, importer, statement)
    ]
    return sorted(found, key=lambda one: not _is_top(*one))


def knows_importers(project: Project, program: Program) -> bool:
    """Whether the importers of a file are all known: its name is not too common."""
    return project.index.imports_are_known(_module(program))


def _module(program: Program) -> str:
    """The last name of a file's module."""
    *folders, file = program.from_root.split("/")
    return folders[-1] if file == "__init__.py" and folders else file.removesuffix(".py")


def _is_top(importer: Program, statement: ImportNode) -> bool:
    return importer.parents[statement] is importer.tree


def _before(runs: Runs, importer: Program, statement: ImportNode) -> frozenset[Guard] | None:
    """The guards before a statement; None where control does not get to it."""
    if _is_top(importer, statement):
        return roles.of_file(importer)
    return runs.of(importer).trace(importer.unit_at(statement)).imports.get(statement)
