"""Choices of half precision: flags and dtypes that are half precision unless somebody says otherwise.

Such a value remembers where it was written down, through names, attributes, comparisons and other types; a path on
which one is taken for true remembers it too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from devlint.analysis import lexicon, syntax, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.program import Program
from devlint.analysis.state import State
from devlint.analysis.value import Choice, Kind, Value

#: text that switches something on
_ON = frozenset(("true", "1", "yes", "on"))


def written(name: str, value: Choice, node: ast.expr, *, anew: Callable[[], bool] = lambda: False) -> Choice:
    """What a name is bound to, as a choice of half precision if it is one. It was written down where it was first
    bound, and there as the whole of what is bound; ``anew``: where it is bound last."""
    if not value.any(_is_on):
        return value
    flag = lexicon.names_half(name)

    def chosen(one: Value) -> Value:
        if not _is_on(one) or not (flag or one.kind is Kind.DTYPE or one.half):
            return one
        return one.but(half=node) if (flag and anew()) or one.half is None or one.half in syntax.walk(node) else one

    return value.map(chosen)


def _is_on(value: Value) -> bool:
    if value.kind is Kind.DTYPE:
        return value.name in torch_facts.HALF
    return value.const is True or (isinstance(value.const, str) and value.const.lower() in _ON)


def asked_for(name: str, value: Choice, state: State) -> Choice:
    """What is written under a condition of precision is no choice of the program: somebody asked for it."""
    if Guard.DTYPE not in state.guards or not (lexicon.names_half(name) or value.any(lambda v: v.kind is Kind.DTYPE)):
        return value
    return value.map(lambda v: Value(v.kind) if v.half is None and _is_on(v) else v)


def asks_for_dtype(test: ast.expr, program: Program) -> bool:
    """Whether a condition compares something with a dtype of torch."""
    names = (
        [program.name(node) or "" for node in (test.left, *test.comparators)] if isinstance(test, ast.Compare) else []
    )
    return any(name.startswith("torch.") and name[6:] in torch_facts.DTYPES for name in names)


def taken(value: Choice) -> frozenset[ast.expr]:
    """The choices that a condition of this value hangs on where it is true."""
    return frozenset(one.half for one in value if one.half is not None and _is_on(one))


def carried(result: Choice, *sources: Value) -> Choice:
    """What was made of choices says the same as they do."""
    half = next((source.half for source in sources if source.half is not None), None)
    return result if half is None else result.map(lambda v: v.but(half=half) if _is_on(v) and v.half is None else v)


def hanging(value: Choice, inside: State, outside: State | None) -> Choice:
    """What is given only where choices hold that do not hold outside (None: nowhere else)."""
    news = inside.halves - outside.halves if outside is not None else inside.halves
    if not news:
        return asked_for("", value, inside)
    half = min(news, key=lambda node: (node.lineno, node.col_offset))
    return value.map(lambda v: v.but(half=half) if _is_on(v) and v.half is None else v)
