"""What a condition says, read once for all its evaluations."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from devlint.analysis import syntax
from devlint.analysis.names import last_name, path_of


@dataclass(frozen=True, slots=True)
class Wording:
    """What a condition says: its text, the paths it reads, the names and short texts in it with the path that holds
    them, and whether evaluating it twice gives the same."""

    text: str
    paths: tuple[str, ...]
    names: tuple[tuple[str, str | None], ...]
    pure: bool


#: calls that give the same when they are made twice
_PURE_CALLS = frozenset("get getattr isinstance hasattr len bool int str is_available startswith lower".split())


def wording(node: ast.expr) -> Wording:
    """Read a condition once, for all its evaluations."""
    paths: list[str] = []
    names: list[tuple[str, str | None]] = []
    pure = True
    for found in syntax.walk(node):
        match found:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                path = path_of(found)
                names.append((name, path))
                if path is not None:
                    paths.append(path)
            case ast.Constant(value=str(text)) if len(text) < 40:
                names.append((text, None))
            case ast.Call(func=func):
                pure &= last_name(func) in _PURE_CALLS
    return Wording(ast.unparse(node), tuple(paths), tuple(names), pure)
