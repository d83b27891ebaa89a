"""What nothing uses: copies and left-overs in a program. Files that nobody imports and that do nothing when started,
functions and classes that nobody names.

A package that can be installed is used by others, whatever it does itself; so is a file beside which none is imported.
Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis import torch_facts
from devlint.analysis.callers import is_plain
from devlint.analysis.grounds import ANYTHING, DOCUMENTS, Ground
from devlint.analysis.names import last_name
from devlint.analysis.searches import SEARCHES, is_said
from devlint.analysis.subsystem import importers
from devlint.folders import documents

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

_OWN_NAMESPACE = frozenset(("globals", "locals", "vars", "eval", "Fire"))
#: texts beside the code that only speak of it
_PAGES = (".md", ".rst")
#: texts beside the code that are looked at, and how large they are at most
FILES = 500
LARGEST = 2_000_000
#: functions that others than a program's own code call
_ENTRANCES = frozenset("main run setup teardown predict handler".split())
_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from|import)\b[^\n#]*")
#: what says in the files of these names that a project is installed
_PACKAGED = {"setup.py": "setup(", "setup.cfg": "[metadata]", "pyproject.toml": "[project]"}
ClassOrFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: statements that only give names to things
_NAMING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


class Strays:
    """Tells which files of a project are strays. Its other files are read when the first that may be one is asked
    about."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[str, Ground] = {}

    def has(self, program: Program) -> bool:
        """Whether a file belongs to a program whose other files import each other, and none of them this one."""
        root, own = self._project.root, program.from_root
        if root is None or Path(own).stem == "__init__" or not all(map(_only_names, program.tree.body)):
            return False
        if self._project.is_installed(own):
            return False
        if self._importing_by_name - {own} or self._is_said(program):
            return False
        for file in self._texts:
            if Path(file).parent == Path(own).parent and file != own and Path(file).stem != "__init__":
                importer = min(self._importers.get(Path(file).stem, set()) - {own}, default=None)
                if importer is not None:
                    self._project.grounds.note(file)
                    self._project.grounds.note(importer)
                    return True
        self._project.grounds.note(ANYTHING)
        return False

    def has_function(self, function: Function) -> bool:
        """Whether nobody names an outermost function, or the class of a method, though something beside it is named: in
        no file, not even in a text. A package may be anybody's."""
        program = function.program
        if self._project.root is None or self._importing_by_name or not _is_left_alone(function):
            return False
        if self._project.is_in_package(program.from_root):
            return False
        named = function if function.owner is None else function.owner
        if self._is_named_elsewhere(named.node, program) or program.from_root in self._looked_up:
            return False
        if self._project.is_installed(program.from_root):
            return False
        beside = (one for one in program.tree.body if isinstance(one, (ast.FunctionDef, ast.ClassDef)))
        return any(self._is_named_elsewhere(one, program) for one in beside if one is not named.node)

    def tries_out(self, program: Program, line: int) -> bool:
        """Whether a line is of what a file does when it is started though others import it: there its author tried it
        out."""
        inside = any(block.lineno <= line <= (block.end_lineno or 0) for block in program.started)
        return inside and bool(importers(self._project, program))

    def may_look_up(self, name: str, program: Program) -> bool:
        """Whether something of a file may be used by its name where no code reads that: a notebook, a shell script or
        settings say it, or somebody looks things up in the file."""
        working = (text for path, text in self._documents.items() if not path.endswith(_PAGES))
        return program.from_root in self._looked_up or any(is_said(name, text) for text in working)

    def _is_named_elsewhere(self, node: ClassOrFunction, program: Program) -> bool:
        """Whether code outside a definition reads its name, or imports it for more than to hand it on, or a text says
        it."""
        name = node.name
        files = [file for file, text in self._texts.items() if is_said(name, text)]
        own = frozenset(ast.walk(node))
        nearest = sorted(files, key=lambda file: file != program.from_root)
        if any(self._names(file, name, own) for file in nearest):
            return True
        self._project.grounds.note(Ground("mentions", name, tuple(files)))
        return any(is_said(name, text) for text in self._documents.values())

    def _names(self, file: str, name: str, own: frozenset[ast.AST]) -> bool:
        """Whether a file names something outside its definition; one that cannot be read may."""
        program = self._project.program(file)
        if program is None or any(found not in own for found in program.named(name)):
            return True
        if Path(file).stem != "__init__" and any(one.rpartition(".")[2] == name for one in program.aliases.values()):
            return True
        texts = (found for found in program.parents if isinstance(found, ast.Constant) and found not in own)
        said = (text.value for text in texts if isinstance(text.value, str) and name in text.value)
        return any(re.search(rf"\b{re.escape(name)}\b", text) for text in said)

    @property
    def _looked_up(self) -> frozenset[str]:
        """The files in which somebody may look a function or class up by a name that no text says."""
        with self._project.grounds.under(Strays):
            return self._reflected

    @cached_property
    def _reflected(self) -> frozenset[str]:
        found: set[str] = set()
        for program in filter(None, map(self._project.program, self._having("reflections"))):
            found.update(self._looked_up_by(program))
        return frozenset(found).union(*map(self._starred, found))

    def _looked_up_by(self, program: Program) -> Iterator[str]:
        for node in program.parents:
            path = _looked_through(node)
            if _is_own_namespace(node):
                yield program.from_root
            elif path is not None and path in program.aliases:
                module = self._project.file_of(program.aliases[path], program)
                yield from (module,) if module is not None else ()

    def _starred(self, file: str) -> set[str]:
        """The files of which another one imports everything."""
        program = self._project.program(file)
        if program is None:
            return set()
        found = (self._project.file_of(star + ("x" if star.endswith(".") else ".x"), program) for star in program.stars)
        return set(filter(None, found))

    @property
    def _documents(self) -> dict[str, bytes]:
        """Texts beside the code that may tell somebody to use a name: notebooks, settings, pages."""
        found = self._read_documents
        for path in (DOCUMENTS, *found):
            self._project.grounds.note(path)
        return found

    @cached_property
    def _read_documents(self) -> dict[str, bytes]:
        root = self._project.root
        assert root is not None
        paths = (Path(folder, name) for folder, names in documents(str(root)) for name in names)
        return {path.relative_to(root).as_posix(): _read(path) for path in islice(paths, FILES)}

    def _is_said(self, program: Program) -> bool:
        """Whether another file says the name of one, in strings as well."""
        own, stem = program.from_root, Path(program.from_root).stem
        said = next((file for file, text in self._texts.items() if file != own and is_said(stem, text)), None)
        self._project.grounds.note(Ground("saying", stem, () if said is None else (said,)))
        return said is not None

    @property
    def _importing_by_name(self) -> frozenset[str]:
        return frozenset(self._having("imports_by_name"))

    def _having(self, kind: str) -> tuple[str, ...]:
        """The files in which one of the ``searches`` finds something, tests too."""
        if kind not in self._found:
            search = SEARCHES[kind]
            files = tuple(file for file, text in self._texts.items() if any(True for _ in search("", text)))
            self._found[kind] = Ground(kind, "", files)
        self._project.grounds.note(self._found[kind])
        return self._found[kind].answer or ()

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


def _is_left_alone(function: Function) -> bool:
    """Whether no decorator and no base may make something of a function, or of its class, that nobody sees."""
    owner = function.owner
    decorated = (*function.node.decorator_list, *(owner.node.decorator_list if owner is not None else ()))
    if not all(map(is_plain, decorated)):
        return False
    if owner is None:
        return function.name not in _ENTRANCES and not function.name.startswith("test")
    return not owner.node.keywords and all(last_name(base) in ("object", "Module") for base in owner.node.bases)


def _is_own_namespace(node: ast.AST) -> bool:
    """Whether something looks up what its own file has."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id="fire"), attr=name)):
            return name in _OWN_NAMESPACE
        case ast.Subscript(value=ast.Attribute(attr="modules")):
            return True
    return False


def _looked_through(node: ast.AST) -> str | None:
    """What something is looked up in by a name that is not written down."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id=path), name, *_]) if not _is_text(name):
            return path
        case ast.Call(func=func, args=[ast.Name(id=path), *_]) if last_name(func) == "getmembers":
            return path
        case ast.Attribute(value=ast.Name(id=path), attr="__dict__"):
            return path
    return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _read(path: Path) -> bytes:
    """A file, unless it is too large to be written by hand."""
    try:
        return path.read_bytes() if path.stat().st_size < LARGEST else b""
    except OSError:
        return b""


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
