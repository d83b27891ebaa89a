"""What somebody may look up by a name that no text says: ``getattr(module, name)``, ``globals()[name]``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import assignments, lexicon, syntax
from devlint.analysis.names import last_name
from devlint.analysis.offers import starred

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

_OWN_NAMESPACE = frozenset(("globals", "locals", "vars", "eval", "Fire"))
_IMPORTING = frozenset("import_module __import__ module_from_spec load_module import_string locate".split())
#: letters that the beginning of a name has to have to mean any
_TELLING = 3


class Lookups:
    """Looks through the files of a project in which something may be looked up so, by their paths from its root."""

    def __init__(self, project: Project, reflecting: Callable[[], Iterable[str]]) -> None:
        self._project = project
        self._files = reflecting

    @property
    def files(self) -> frozenset[str]:
        """The files in which somebody may look a function or class up so."""
        with self._project.grounds.under(Lookups):
            return self._looked_up

    @property
    def in_any_file(self) -> bool:
        """Whether somebody looks something up so in a module that is itself imported by such a name."""
        with self._project.grounds.under(Lookups):
            return self._finds_any

    @cached_property
    def _looked_up(self) -> frozenset[str]:
        found = frozenset(file for program in self._reflecting for file in self._looked_up_by(program))
        return found.union(*(starred(self._project, file) for file in found))

    def may_find(self, method: Function) -> bool:
        """Whether somebody may look a method up so: by a name that begins as it does, or by any in its own file."""
        with self._project.grounds.under(Lookups):
            return any(
                (not pieces and program is method.program)
                or any(method.name.startswith(piece) for piece in pieces if len(piece) >= _TELLING)
                for program, pieces in self._built
            )

    @cached_property
    def _finds_any(self) -> bool:
        nodes = ((program, node) for program in self._reflecting for node in program.parents)
        return any(_holds_any_module(program, holder) for program, node in nodes if (holder := _taken(node)[0]))

    @cached_property
    def _reflecting(self) -> list[Program]:
        return list(filter(None, map(self._project.program, self._files())))

    @cached_property
    def _built(self) -> list[tuple[Program, frozenset[str]]]:
        """Each ``getattr(x, name)`` whose name is no text, with the texts that the name is made of."""
        found = []
        for program in self._reflecting:
            for node in program.expressions.values():
                holder, name = _taken(node)
                if holder is not None and name is not None and not lexicon.names_options(last_name(holder) or ""):
                    parts = (part.value for part in syntax.walk(name) if isinstance(part, ast.Constant))
                    found.append((program, frozenset(part for part in parts if isinstance(part, str))))
        return found

    def _looked_up_by(self, program: Program) -> Iterator[str]:
        for node in program.parents:
            path = _looked_through(node)
            if _is_own_namespace(node):
                yield program.from_root
            elif path is not None and path in program.aliases:
                module = self._project.file_of(program.aliases[path], program)
                yield from (module,) if module is not None else ()


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
    holder, _ = _taken(node)
    return holder.id if isinstance(holder, ast.Name) else None


def _taken(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """What a node looks something up in by a name that is not written down, and the name, if there is one."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return None, None
        case ast.Call(func=ast.Name(id="getattr"), args=[holder, name, *_]):
            return holder, name
        case ast.Call(
            func=ast.Name(id="getmembers" | "vars" | "dir") | ast.Attribute(attr="getmembers"), args=[holder, *_]
        ):
            return holder, None
        case ast.Attribute(value=holder, attr="__dict__"):
            return holder, None
    return None, None


def _holds_any_module(program: Program, holder: ast.expr) -> bool:
    """Whether an expression is a module that is imported by a name that is not written down."""
    if isinstance(holder, ast.Name):
        found = assignments.of_name(program, holder)
        return any(one.value is not None and _imports_any(one.value) for one in found)
    return _imports_any(holder)


def _imports_any(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=function, args=[first, *_]) if last_name(function) in _IMPORTING:
            return not isinstance(first, ast.Constant)
        case ast.Call(func=function) | ast.Subscript(value=ast.Attribute(attr="modules") as function):
            return last_name(function) in ("load_module", "modules", "module_from_spec")
    return False
