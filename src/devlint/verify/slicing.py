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
from devlint.verify.ending import LEFT, REACHED

_BUILTIN = frozenset(vars(builtins)) | {"__file__", "__name__", REACHED, LEFT}
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


def slice_at(source: Source, tree: ast.Module, place: Span) -> Slice:
    """The slice of a file that ends with the statement in which a place lies.

    Raises Unsliceable.
    """
    path = _path(source, tree, place)
    goal = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
    if goal is None:
        raise Unsliceable("it is no statement")
    if isinstance(goal, (*FUNCTION, ast.ClassDef)):
        raise Unsliceable("it is in the head of a definition")
    functions = [node for node in path if isinstance(node, FUNCTION)]
    function = functions[-1] if functions else None
    if function is not None and any(isinstance(node, ast.AsyncFunctionDef) for node in functions):
        raise Unsliceable("it is in a coroutine")
    owner = _owner(path, function)
    inner = function.body if function is not None else tree.body
    cut = Cut(goal)
    body = cut.block(inner)
    if function is None:
        return _finished(body, cut.needed, None, None)
    made = copy.copy(function)
    made.body, made.returns = body, None
    made.decorator_list = [one for one in function.decorator_list if _matters(ast.unparse(one))]
    needed = (cut.needed | defaults(function)) - parameters(function) | {"torch"}
    if owner is None:
        return _finished([*support(tree.body, needed, function), made], needed, function.name, None)
    held = reduced(owner, made, cut.attributes)
    needed |= loads(held)
    return _finished([*support(tree.body, needed, owner), held], needed, function.name, owner.name)


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
