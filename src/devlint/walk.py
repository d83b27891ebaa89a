"""One walk over the nodes that mean something: no whitespace, no commas, no parentheses.

libcst's own visitors are generic and copy as they go; reading the fields that can hold a node costs a thirtieth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any

import libcst as cst

#: fields of nodes that hold punctuation and layout; those that begin with ``whitespace`` or end with it do too
_LAYOUT = frozenset(
    "lpar rpar lbrace rbrace lbracket rbracket comma semicolon colon first_colon second_colon dot equal separator "
    "trailing_comma posonly_ind asynchronous indent header footer leading_lines lines_after_decorators".split()
)
#: what else a field may hold
_ATOMS = frozenset((str, bool, type(None), cst.MaybeSentinel))


_Reader = Callable[[cst.CSTNode], tuple[Any, ...]]


class _Readers(dict[type[cst.CSTNode], _Reader]):
    """How to read the fields of each class of nodes; made when the first such node comes along."""

    def __missing__(self, kind: type[cst.CSTNode]) -> _Reader:
        self[kind] = reader = _reader([field.name for field in fields(kind) if not _is_layout(field.name)])
        return reader


def _reader(names: list[str]) -> _Reader:
    if len(names) > 1:
        return attrgetter(*names)
    # for a single name attrgetter gives the bare value
    return lambda node: tuple(getattr(node, name) for name in names)


def _is_layout(name: str) -> bool:
    return name in _LAYOUT or name.startswith("whitespace") or name.endswith("whitespace")


_READERS = _Readers()


def walk(roots: Iterable[cst.CSTNode]) -> Iterator[tuple[cst.CSTNode, cst.CSTNode | None]]:
    """Every node at and below the roots with the node that it hangs on (None for a root), parents first."""
    stack: list[tuple[cst.CSTNode, cst.CSTNode | None]] = [(root, None) for root in reversed(tuple(roots))]
    pop, push, readers, atoms = stack.pop, stack.append, _READERS, _ATOMS
    while stack:
        pair = pop()
        yield pair
        node = pair[0]
        for value in reversed(readers[node.__class__](node)):
            kind = value.__class__
            if kind is tuple or kind is list:
                for child in reversed(value):
                    push((child, node))
            elif kind not in atoms:
                push((value, node))
