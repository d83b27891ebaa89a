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
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis import roles, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.callers import is_plain
from devlint.analysis.grounds import ANYTHING, DOCUMENTS, Ground
from devlint.analysis.index import is_listed
from devlint.analysis.lookups import Lookups
from devlint.analysis.names import last_name
from devlint.analysis.offers import hands_out
from devlint.analysis.searches import SEARCHES, is_said
from devlint.analysis.subsystem import importers, knows_importers
from devlint.folders import documents

if TYPE_CHECKING:
    from devlint.analysis.definitions import ClassNode, Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: files that import by names that nobody writes down to read a version
_SETTING_UP = frozenset(("setup.py", "conf.py"))
#: texts beside the code that only speak of it
_PAGES = (".md", ".rst")
#: texts beside the code that are looked at, and how large they are at most
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
        self._found: dict[str, Ground] = {}
        #: functions of which it is being found out whether anybody uses them
        self._asked: set[Function] = set()

    def has(self, program: Program) -> bool:
        """Whether a file belongs to a program whose other files import each other, and none of them this one."""
        root, own = self._project.root, program.from_root
        if root is None or Path(own).stem == "__init__" or not all(map(only_names, program.tree.body)):
            return False
        if self._project.is_installed(own):
            return False
        importing = self._importing_by_name - {own}
        if self._is_said(program) or any(Path(file).parent in Path(own).parents for file in importing):
            return False  # who looks for files looks below his own
        if importing and any(is_said(Path(own).stem, text) for text in self._documents.values()):
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
        """Whether nobody names an outermost function, the class of a method, or a method of a class that is used,
        though something beside it is named: in no file, not even in a text; and no package that is installed hands it
        out."""
        program = function.program
        if self._project.root is None or not self._is_left_alone(function) or program.from_root in self._lookups.files:
            return False
        if self._lookups.in_any_file and self._is_imported_by_nobody(program):
            return False  # but may be found by its name
        outermost = function if function.owner is None else function.owner
        named = self._is_named_elsewhere(outermost.node, program)
        if self._project.installs(program.from_root):
            if named or hands_out(self._project, program, outermost.name):
                return False
        elif named and not self._has_method(function):
            return False
        elif not named and function.owner is not None and self._project.is_in_package(program.from_root):
            return False  # a package keeps classes in stock
        beside = (one for one in program.tree.body if isinstance(one, (ast.FunctionDef, ast.ClassDef)))
        used = (self._is_named_elsewhere(one, program) for one in beside if one is not function.node)
        return any(used) or self._is_package_used(program)

    def _is_left_alone(self, function: Function) -> bool:
        """Whether no decorator and no base may make something of a function, or of its class, that nobody sees."""
        if _is_decorated(function.node) or (function.owner is not None and not self._is_plain_class(function.owner)):
            return False
        is_test = function.name.startswith("test") and _may_hold_tests(function.program)
        return function.owner is not None or not (function.name in _ENTRANCES or is_test)

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

    def may_look_up(self, name: str, program: Program) -> bool:
        """Whether something of a file may be used by its name where no code reads that: a notebook, a shell script or
        settings say it, or somebody looks things up in the file."""
        working = (text for path, text in self._documents.items() if not path.endswith(_PAGES))
        return program.from_root in self._lookups.files or any(is_said(name, text) for text in working)

    def _is_imported_by_nobody(self, program: Program) -> bool:
        return knows_importers(self._project, program) and not importers(self._project, program)

    def _is_package_used(self, program: Program) -> bool:
        """Whether somebody names what the package around a file hands on of its other files."""
        package = self._project.program(Path(program.from_root).with_name("__init__.py").as_posix())
        return package is not None and any(self._is_named(name, package) for name in package.aliases)

    def _is_named_elsewhere(self, node: ClassOrFunction, program: Program) -> bool:
        return self._is_named(node.name, program, frozenset(ast.walk(node)))

    def _is_named(self, name: str, program: Program, own: frozenset[ast.AST] = frozenset()) -> bool:
        """Whether code outside a definition reads its name, or imports it for more than to hand it on, or a text says
        it."""
        files = [file for file, text in self._texts.items() if is_said(name, text)]
        nearest = sorted(files, key=lambda file: file != program.from_root)
        if any(self._names(file, name, own) for file in nearest):
            return True
        self._project.grounds.note(Ground("mentions", name, tuple(files)))
        used = re.compile(rb"(?<!def )(?<!class )\b%s\b" % re.escape(name.encode()))
        return any(map(used.search, self._documents.values()))  # one that lists a definition uses nothing

    def _names(self, file: str, name: str, own: frozenset[ast.AST]) -> bool:
        """Whether a file names something outside its definition; one that cannot be read may."""
        program = self._project.program(file)
        if program is None:
            return True
        used = (found for found in _named_of_others(program, name, own) if found not in own)
        if not all(self._is_of_stray(program, found) for found in used):
            return True
        if Path(file).stem != "__init__" and any(one.rpartition(".")[2] == name for one in program.aliases.values()):
            return True
        said = re.compile(rf"\b{re.escape(name)}\b")
        texts = (found for found in program.parents if isinstance(found, ast.Constant) and found not in own)
        return any(
            isinstance(text.value, str) and said.search(text.value) and not is_listed(program, text) for text in texts
        )

    def _is_of_stray(self, program: Program, node: ast.AST) -> bool:
        """Whether something is named in a function that nobody uses."""
        unit = program.unit_at(node)
        while unit is not None and unit.outer is not None:
            unit = unit.outer
        if unit is None or unit in self._asked:
            return False
        self._asked.add(unit)
        try:
            return self.has_function(unit)
        finally:
            self._asked.remove(unit)

    @cached_property
    def _lookups(self) -> Lookups:
        return Lookups(self._project, partial(self._having, "reflections"))

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
        return frozenset(file for file in self._having("imports_by_name") if Path(file).name not in _SETTING_UP)

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


def _may_hold_tests(program: Program) -> bool:
    """Whether pytest may collect a file, or somebody starts it to try things out."""
    stem = Path(program.from_root).stem
    is_collected = stem.startswith("test") or stem.endswith(("_test", "_tests")) or stem == "conftest"
    return is_collected or program.is_script or Guard.DATA in roles.of_path(program.from_root)


def _named_of_others(program: Program, name: str, own: frozenset[ast.AST]) -> Iterator[ast.AST]:
    """Where a file names something; by the bare name it means what it defines itself, if that is another thing."""
    bound = program.bindings.get(name, ())
    is_its_own = bool(bound) and all(isinstance(one, ClassOrFunction) and one not in own for one in bound)
    return (found for found in program.named(name) if not (is_its_own and isinstance(found, ast.Name)))


def _is_decorated(node: ClassOrFunction) -> bool:
    """Whether a decorator may make something of a function or a class that nobody sees."""
    return not all(map(is_plain, node.decorator_list))


def _read(path: Path) -> bytes:
    """A file, unless it is too large to be written by hand."""
    try:
        return path.read_bytes() if path.stat().st_size < LARGEST else b""
    except OSError:
        return b""


def only_names(statement: ast.stmt) -> bool:
    """Whether a statement of the module level does nothing for whoever starts the file; to put something on a device is
    the beginning of a program."""
    if isinstance(statement, ast.If):
        return all(map(only_names, (*statement.body, *statement.orelse)))
    if isinstance(statement, ast.Try):
        handled = (inner for handler in statement.handlers for inner in handler.body)
        return all(map(only_names, (*statement.body, *handled)))
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and any(map(_is_move, ast.walk(statement))):
        return False
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, (*_NAMING, ast.Pass))


def _is_move(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in torch_facts.PLACING
