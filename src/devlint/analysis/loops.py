"""What one trip through a loop leaves to the next: where it leaves nothing, one trip is as good as two."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devlint.analysis import syntax
from devlint.analysis.value import UNKNOWN

if TYPE_CHECKING:
    from devlint.analysis.state import State

Loop = ast.For | ast.AsyncFor
#: methods that add to a container, whatever it holds already
_ADDING = frozenset("append extend add insert appendleft".split())


@dataclass(slots=True)
class Carried:
    """What a trip may read of the trips before it: names that it reads where it has not surely bound them, and the
    attributes it reads; ``tests_target`` says whether a condition looks at what the loop counts with."""

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    tests_target: bool = False

    def differs(self, before: State, after: State) -> bool:
        """Whether a trip that begins with one state may see anything else than one that begins with the other."""
        return any(
            self._is_read(path) and not _same(path, before, after)
            for path in before.values.keys() | after.values.keys()
        )

    def _is_read(self, path: str) -> bool:
        root, *attributes = path.partition("[")[0].split(".")  # a key may hold anything
        return root in self.names and (not attributes or attributes[-1] in self.attributes)


def _same(path: str, before: State, after: State) -> bool:
    one, two = before.values.get(path, UNKNOWN), after.values.get(path, UNKNOWN)
    return one is two or one.identity == two.identity


def carried(loop: Loop) -> Carried:
    """What trips through a loop may read of the trips before them."""
    found = Carried()
    targets = _bound(loop.target)
    _block(loop.body, set(targets), found)
    for node in (inner for statement in loop.body for inner in syntax.walk(statement)):
        if isinstance(node, ast.Attribute):
            found.attributes.add(node.attr)
        elif isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert, ast.BoolOp, ast.Compare)):
            tested = node if isinstance(node, (ast.BoolOp, ast.Compare)) else node.test
            found.tests_target |= not targets.isdisjoint(_names(tested))
    return found


def _block(body: list[ast.stmt], bound: set[str], found: Carried) -> set[str]:
    """Note what some statements read that is not bound; returns what is surely bound after them."""
    for statement in body:
        bound = _statement(statement, bound, found)
    return bound


def _statement(node: ast.stmt, bound: set[str], found: Carried) -> set[str]:
    match node:
        case ast.Assign(targets=targets):
            _read(node, bound, found)
            return bound.union(*map(_bound, targets))
        case ast.If():
            _read(node.test, bound, found)
            return _block(node.body, bound, found) & _block(node.orelse, bound, found)
        case ast.For() | ast.AsyncFor():
            _read(node.iter, bound, found)
            _block(node.body, bound | _bound(node.target), found)
            _block(node.orelse, bound, found)
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                _read(item, bound, found)
                bound = bound | (_bound(item.optional_vars) if item.optional_vars is not None else set())
            return _block(node.body, bound, found)
        case ast.AugAssign(target=ast.Name(id=name)):
            found.names |= {name} - bound
            _read(node, bound, found)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr=method), args=args)) if (
            method in _ADDING
        ):
            for argument in args:
                _read(argument, bound, found)
        case ast.Try():
            for block in (node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)):
                _block(block, bound, found)
        case _:
            _read(node, bound, found)
    return bound


def _read(node: ast.AST, bound: set[str], found: Carried) -> None:
    found.names |= _names(node) - bound


def _names(node: ast.AST) -> set[str]:
    """The names that are read in a node."""
    return {one.id for one in syntax.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def _bound(target: ast.expr) -> set[str]:
    """The names that a target binds, whole."""
    match target:
        case ast.Name(id=name):
            return {name}
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return set().union(*map(_bound, parts))
        case ast.Starred(value=inner):
            return _bound(inner)
    return set()
