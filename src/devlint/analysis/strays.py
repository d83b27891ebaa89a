"""What nothing uses: copies and left-overs in a program. Files that nobody imports and that do nothing when started,
functions and classes that nobody names.

A package that can be installed is used by others, whatever it does itself; so is a file beside which none is imported.
Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis import torch_facts
from devlint.analysis.callers import is_plain
from devlint.analysis.lookups import Lookups
from devlint.analysis.names import last_name
from devlint.analysis.offers import hands_out, installs, is_installed
from devlint.analysis.subsystem import importers, knows_importers

if TYPE_CHECKING:
    from devlint.analysis.definitions import ClassNode, Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: what imports modules by names that no import statement says
_BY_NAME = re.compile(
    rb"(?:import_module|__import__|spec_from_file_location)\((?!\s*[\"'])|\b(?:find|load)_module\(|runpy|hydra|\bexec\("
)
#: files that do so to read a version
_SETTING_UP = frozenset(("setup.py", "conf.py"))
#: kinds of texts beside the code, and how many of them are looked at
_DOCUMENTS = (".ipynb", ".md", ".rst", ".sh", ".yml", ".yaml")
FILES = 500
LARGEST = 2_000_000
#: functions that others than a program's own code call
_ENTRANCES = frozenset("main run setup teardown predict handler".split())
#: methods of a module that torch calls
_HOOKS = frozenset("forward train eval extra_repr reset_parameters _apply _load_from_state_dict state_dict".split())
_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from|import)\b[^\n#]*")
ClassOrFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: statements that only give names to things
_NAMING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


class Strays:
    """Tells which files of a project are strays. Its other files are read when the first that may be one is asked
    about."""

    def __init__(self, project: Project) -> None:
        self._project = project
        #: the texts beside the code that were looked at, by their paths from the root
        self.documents: tuple[str, ...] = ()

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

    def has_function(self, function: Function) -> bool:
        """Whether nobody names an outermost function, the class of a method, or a method of a class that is used,
        though something beside it is named: in no file, not even in a text; and no package that is installed hands it
        out."""
        root, program = self._project.root, function.program
        if root is None or not self._is_left_alone(function) or program.from_root in self._lookups.files:
            return False
        if self._lookups.in_any_file and self._is_imported_by_nobody(program):
            return False  # but may be found by its name
        outermost = function if function.owner is None else function.owner
        named = self._is_named_elsewhere(outermost.node, program)
        if installs(root, program.from_root):
            if named or hands_out(self._project, program, outermost.name):
                return False
        elif named and not self._has_method(function):
            return False
        elif not named and function.owner is not None and (root / program.from_root).with_name("__init__.py").is_file():
            return False  # a package keeps classes in stock
        beside = (one for one in program.tree.body if isinstance(one, (ast.FunctionDef, ast.ClassDef)))
        used = (self._is_named_elsewhere(one, program) for one in beside if one is not function.node)
        return any(used) or self._is_package_used(program)

    def _is_left_alone(self, function: Function) -> bool:
        """Whether no decorator and no base may make something of a function, or of its class, that nobody sees."""
        if _is_decorated(function.node) or (function.owner is not None and not self._is_plain_class(function.owner)):
            return False
        named = function.name in _ENTRANCES or function.name.startswith("test")
        return function.owner is not None or not named

    def _is_plain_class(self, owner: ClassNode) -> bool:
        """Whether a class has no bases but torch's modules and plain classes of the project."""
        family: list[ClassNode | None] = [owner]
        for one in family:  # which grows meanwhile
            if one is None or _is_decorated(one.node) or one.node.keywords:
                return False
            bases = (base for base in one.node.bases if last_name(base) not in ("object", "Module"))
            found = [self._class_of(one.program, base) for base in bases]
            if one in found:
                return False
            family += (base for base in found if base not in family)
        return True

    def _class_of(self, program: Program, base: ast.expr) -> ClassNode | None:
        """The class of the project that a name means."""
        name = last_name(base)
        target = program.aliases.get(name or "")
        file = self._project.file_of(target, program) if target is not None else program.from_root
        defining = self._project.program(file) if file is not None else None
        classes = defining.classes.values() if defining is not None else ()
        return next((one for one in classes if one.name == (target or name or "").rpartition(".")[2]), None)

    def _has_method(self, function: Function) -> bool:
        """Whether nobody names a method of a class that is used."""
        if function.owner is None or function.name in _HOOKS or function.name.startswith("__"):
            return False
        named = self._is_named_elsewhere(function.node, function.program)
        return not named and not self._lookups.may_find(function)

    def tries_out(self, program: Program, line: int) -> bool:
        """Whether a line is of what a file does when it is started though others import it: there its author tried it
        out."""
        inside = any(block.lineno <= line <= (block.end_lineno or 0) for block in program.started)
        return inside and bool(importers(self._project, program))

    def _is_imported_by_nobody(self, program: Program) -> bool:
        return knows_importers(self._project, program) and not importers(self._project, program)

    def _is_package_used(self, program: Program) -> bool:
        """Whether somebody names what the package around a file hands on of its other files."""
        init = Path(program.from_root).with_name("__init__.py").as_posix()
        package = self._project.program(init) if init in self._texts else None
        return package is not None and any(self._is_named(name, package) for name in package.aliases)

    def _is_named_elsewhere(self, node: ClassOrFunction, program: Program) -> bool:
        return self._is_named(node.name, program, frozenset(ast.walk(node)))

    def _is_named(self, name: str, program: Program, own: frozenset[ast.AST] = frozenset()) -> bool:
        """Whether code outside a definition reads its name, or imports it for more than to hand it on, or a text says
        it."""
        word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        files = [file for file, text in self._texts.items() if word.search(text)]
        nearest = sorted(files, key=lambda file: file != program.from_root)
        if any(self._names(file, name, own) for file in nearest):
            return True
        used = re.compile(rb"(?<!def )(?<!class )" + word.pattern)  # a page that lists a definition uses nothing
        return any(map(used.search, self._documents))

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

    @cached_property
    def _lookups(self) -> Lookups:
        return Lookups(self._project, self._texts)

    @cached_property
    def _documents(self) -> tuple[bytes, ...]:
        """Texts beside the code that may tell somebody to use a name: notebooks, settings, pages."""
        root = self._project.root
        assert root is not None
        found = {path: _read(path) for path in islice(_documents(root), FILES)}
        self.documents = tuple(path.relative_to(root).as_posix() for path in found)
        return tuple(filter(None, found.values()))

    def _is_said(self, program: Program) -> bool:
        """Whether another file says the name of one, in strings as well."""
        word = re.compile(rb"\b%s\b" % re.escape(Path(program.from_root).stem.encode()))
        return any(file != program.from_root and word.search(text) for file, text in self._texts.items())

    @cached_property
    def _importing_by_name(self) -> frozenset[str]:
        found = (file for file, text in self._texts.items() if _BY_NAME.search(text))
        return frozenset(file for file in found if Path(file).name not in _SETTING_UP)

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


def _is_decorated(node: ClassOrFunction) -> bool:
    """Whether a decorator may make something of a function or a class that nobody sees."""
    return not all(map(is_plain, node.decorator_list))


def _documents(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = (name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in names if name.endswith(_DOCUMENTS))


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
