"""What a project offers to others: is it installed, with which packages, and what do these hand out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis.names import last_name

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: what says in the files of these names that a project is installed
_PACKAGED = {"setup.py": "setup(", "setup.cfg": "[metadata]", "pyproject.toml": "[project]"}


#: what may name packages in a call of ``setup``; None are keywords behind two stars
_PACKAGES = frozenset(("packages", "package_dir", "py_modules", None))


def is_installed(folder: Path) -> bool:
    """Whether a folder holds what installs something of it."""
    is_set_up = any(mark in _text(folder / name) for name, mark in _PACKAGED.items())
    return is_set_up and _listed_packages(folder / "setup.py") != frozenset()


def installs(root: Path, from_root: str) -> bool:
    """Whether a file of a project is of what is installed, as far as the packages that are listed say."""
    for folder in Path(from_root).parents:
        if is_installed(root / folder):
            listed = _listed_packages(root / folder / "setup.py")
            inside = Path(from_root).relative_to(folder).parts[:-1]
            return listed is None or ".".join(inside[:1]) in listed
    return False


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
        if held is not None and held not in found:
            found.add(held)
            yield held
            file, name = held
            passed = (*filter(None, [file.aliases.get(name)]), *(_under(star, name) for star in file.stars if name))
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


def _listed_packages(setup: Path) -> frozenset[str] | None:
    """The outermost packages that are written down in ``setup.py``; None where that is not all there is."""
    try:
        tree = ast.parse(_text(setup))
    except (SyntaxError, ValueError):
        return None
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and last_name(node.func) == "setup")
    for call in calls:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "ext_modules" in given and not given.keys() & _PACKAGES and not _is_declared_beside(setup):
            return frozenset()  # none is discovered beside extensions (documentation of setuptools)
        if "packages" in given and not given.keys() & (_PACKAGES - {"packages"}):
            texts = _texts(given["packages"])
            return None if texts is None else frozenset(re.split(r"[./]", text)[0] for text in texts)
    return None


def _is_declared_beside(setup: Path) -> bool:
    """Whether the files of settings beside a ``setup.py`` may name packages."""
    return "[options" in _text(setup.with_name("setup.cfg")) or "[project]" in _text(setup.with_name("pyproject.toml"))


def _listed_names(tree: ast.Module) -> list[str] | None:
    """What a file says that it hands out, if it says so once and for all."""
    listed: list[str] | None = None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                listed = _texts(value)
            case ast.AugAssign(target=ast.Name(id="__all__")):
                return None
    return listed


def _texts(value: ast.expr) -> list[str] | None:
    """The texts of a list that holds nothing else."""
    if not isinstance(value, (ast.List, ast.Tuple)):
        return None
    texts = [part.value for part in value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return texts if len(texts) == len(value.elts) else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
