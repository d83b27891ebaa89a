"""What the packages of a project hand out, and whose names those are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis.distribution import texts

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project


def hands_out(project: Project, program: Program, name: str) -> bool:
    """Whether a package may hand a name of one of its files to others: unless the file lists what it does and leaves it
    out, or the package around it hands out what is in its files, and nothing of this one."""
    listed = _listed_names(program.tree)
    if listed is not None:
        return name in listed
    if name.startswith("_"):
        return False
    picking = _picking(project, program)
    if picking is None:
        return True
    return program.from_root in starred(project, picking.from_root) or _picks(project, picking, program)


def holders(project: Project, name: str, importer: Program) -> Iterator[tuple[Program, str]]:
    """The files that hold what a name of an import statement means, with its name there: the one that is imported, and
    those that it has the name from."""
    pending = [project.binder(name, importer)]
    found: set[tuple[Program, str]] = set()
    while pending:
        held = pending.pop()
        is_longer = held is not None and held[1].count(".") > name.count(".")  # a star may mean its own file
        if held is not None and held not in found and not is_longer:
            found.add(held)
            yield held
            file, bound = held
            passed = (*filter(None, [file.aliases.get(bound)]), *(_under(star, bound) for star in file.stars if bound))
            pending += (project.binder(one, file) for one in passed)


def starred(project: Project, from_root: str) -> frozenset[str]:
    """The files of which a file imports everything, at once or through others."""
    pending, found = [from_root], set[str]()
    while pending:
        program = project.program(pending.pop())
        for star in program.stars if program is not None else ():
            assert program is not None
            file = project.file_of(_under(star, "x"), program)
            if file is not None and file not in found:
                found.add(file)
                pending.append(file)
    return frozenset(found)


def _under(module: str, name: str) -> str:
    """The dotted name of something of a module."""
    return module + name if module.endswith(".") else f"{module}.{name}"


def _picking(project: Project, program: Program) -> Program | None:
    """The package around a file, if it imports something of the project to hand it out: whose files are imported one by
    one otherwise."""
    folder, *above = Path(program.from_root).parents
    if Path(program.from_root).name == "__init__.py":
        folder = next(iter(above), folder)
    init = (folder / "__init__.py").as_posix()
    package = project.program(init) if project.root is not None else None
    if package is None or package is program:
        return None
    names = (*package.stars, *package.aliases.values())
    return package if any(project.file_of(name, package) for name in names) else None


def _picks(project: Project, package: Program, program: Program) -> bool:
    """Whether a package imports a file, or anything of it."""
    return any(project.file_of(target, package) == program.from_root for target in package.aliases.values())


def _listed_names(tree: ast.Module) -> list[str] | None:
    """What a file says that it hands out, if it says so once and for all."""
    listed: list[str] | None = None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                listed = texts(value)
            case ast.AugAssign(target=ast.Name(id="__all__")):
                return None
    return listed
