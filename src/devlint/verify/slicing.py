"""The smallest program that gets to a place: the statement there, and what the names that it reads are made from.

A slice keeps the function around the place (the module level where there is none), of its statements those that the
place hangs on, and of the file what these need. It ends with the statement of the place: what it binds is its result.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devlint.analysis.answer import Span
from devlint.source import Source
from devlint.verify.binding import FUNCTION, Block, blocks, bound, defaults, loads, parameters
from devlint.verify.cut import Cut, Unsliceable, reduced, support
from devlint.verify.ending import LEFT, NEARED, REACHED

_BUILTIN = frozenset(vars(builtins)) | {"__file__", "__name__", REACHED, LEFT, NEARED}
#: statements; with more of them a slice is no longer small
_MOST = 300


@dataclass(frozen=True, slots=True)
class Slice:
    """``text`` is a program that defines what it needs; ``function`` the name to call in it (None: running the text is
    all), ``owner`` the class that this is a method of; ``inputs`` are the names that nothing in it binds."""

    text: str
    function: str | None
    owner: str | None
    inputs: tuple[str, ...]


def slice_at(source: Source, tree: ast.Module, place: Span, *, passed: bool = False, alone: bool = False) -> Slice:
    """The slice of a file that ends with the statement in which a place lies, if ``alone`` without those behind it that
    bind the same; or with what is called there where that leads to the place and is only ``passed``.

    Raises Unsliceable.
    """
    around = _Around.of(source, tree, place, passed=passed, alone=alone)
    if around.function is None:
        return _finished(around.cut.block(tree.body), around.cut.needed, None, None)
    function, owner = around.function, around.owner
    made = around.narrowed()
    needed = (around.cut.needed | defaults(function)) - parameters(function) | {"torch"}
    if owner is None:
        return _finished([*support(tree.body, needed, function), made], needed, function.name, None)
    held = reduced(owner, made, around.cut.attributes)
    needed |= loads(held)
    return _finished([*support(tree.body, needed, owner), held], needed, function.name, owner.name)


def narrowed(source: Source, tree: ast.Module, place: Span, *, passed: bool, used: Iterable[str]) -> ast.Module:
    """A file whose function around a place does nothing but get there; its class keeps attributes that are ``used``
    by who calls it.

    Raises Unsliceable.
    """
    around = _Around.of(source, tree, place, passed=passed)
    if around.function is None or around.nested:
        raise Unsliceable("no call leads there")
    old: ast.stmt = around.function
    new: ast.stmt = around.narrowed()
    if around.owner is not None:
        assert isinstance(new, FUNCTION)
        held = reduced(around.owner, new, around.cut.attributes.union(used))
        held.decorator_list = around.owner.decorator_list
        old, new = around.owner, held
    made = copy.copy(tree)
    made.body = [new if statement is old else statement for statement in tree.body]
    return made


@dataclass(frozen=True, slots=True)
class _Around:
    """The function around a statement, None at the module level, the class that it is a method of, and a cut for the
    statement."""

    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    owner: ast.ClassDef | None
    nested: bool
    cut: Cut

    @classmethod
    def of(cls, source: Source, tree: ast.Module, place: Span, *, passed: bool, alone: bool = False) -> _Around:
        """Raises Unsliceable where no slice can end there."""
        path = _path(source, tree, place)
        goal = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
        if goal is None:
            raise Unsliceable("it is no statement")
        if isinstance(goal, (*FUNCTION, ast.ClassDef)):
            raise Unsliceable("it is in the head of a definition")
        functions = [node for node in path if isinstance(node, FUNCTION)]
        if any(isinstance(node, ast.AsyncFunctionDef) for node in functions):
            raise Unsliceable("it is in a coroutine")
        function = functions[-1] if functions else None
        owner = _owner(path, function)
        return cls(function, owner, (owner or function) not in tree.body, Cut(goal, passed=passed, alone=alone))

    def narrowed(self) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """The function cut down to what the statement hangs on."""
        assert self.function is not None
        made = copy.copy(self.function)
        made.body, made.returns = self.cut.block(self.function.body), None
        made.decorator_list = [one for one in self.function.decorator_list if _matters(ast.unparse(one))]
        return made


def _matters(decorator: str) -> bool:
    """Whether a decorator has a say in devices or in how a function is called: ``torch.no_grad()``."""
    return decorator.startswith("torch.") or decorator in ("staticmethod", "classmethod")


def _path(source: Source, tree: ast.Module, place: Span) -> list[ast.AST]:
    """The statements and definitions around a place, from the outside in."""
    found: list[ast.AST] = []
    block: Sequence[ast.AST] = tree.body
    while True:
        around = [node for node in block if isinstance(node, ast.stmt) and _holds(source, node, place)]
        if not around:
            return found
        found.append(around[0])
        block = [statement for inner in blocks(around[0]) for statement in inner]


def _holds(source: Source, node: ast.stmt, place: Span) -> bool:
    end = source.byte_offset(node.end_lineno or 0, node.end_col_offset or 0)
    return source.byte_offset(node.lineno, node.col_offset) <= place.start and place.end <= end


def _owner(path: Sequence[ast.AST], function: ast.AST | None) -> ast.ClassDef | None:
    """The class that a function is a method of."""
    if function is None:
        return None
    index = path.index(function)
    before = path[index - 1] if index else None
    return before if isinstance(before, ast.ClassDef) else None


def _finished(body: Block, needed: Iterable[str], function: str | None, owner: str | None) -> Slice:
    module = ast.Module(body, [])
    if sum(isinstance(node, ast.stmt) for node in ast.walk(module)) > _MOST:
        raise Unsliceable(f"it hangs on more than {_MOST} statements")
    known = _BUILTIN.union(*map(bound, body))
    text = ast.unparse(ast.fix_missing_locations(module))
    return Slice(text, function, owner, tuple(sorted(set(needed) - known)))
