"""Going over trees misses no node that says something."""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from devlint.analysis import syntax

#: what says nothing by itself
_SILENT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

RARE = """
match x:
    case None | True: pass
    case {"a": [b, *c], **d} if b: pass
    case Point(x=0, y=y) as z: pass
    case "t" | -1: pass
try: pass
except* (A, B) as error: pass
def f(a, /, b: int = 1, *args, c, d=2, **kw) -> str:
    global g
    return f"{a!r:>{b}}" if (n := await_) else lambda q=1, *, r: {**a, 1: 2}
import a.b as c, d
from . import e as f
del a[1:2, ...], b.c
async def g():
    async with a as b, c: [i async for i in x if i]
"""
NEWER = "type Alias[T: int, *Ts, **P] = list[T]\n"


def check(text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        told = [child for child in ast.iter_child_nodes(node) if not isinstance(child, _SILENT)]
        assert syntax.children(node) == told, ast.dump(node)


@pytest.mark.parametrize("name", ["ast", "dataclasses", "enum", "inspect", "typing"])
def test_every_node_of_python_itself(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    check(Path(spec.origin).read_text())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="needs the syntax of Python 3.11")
def test_every_node_of_what_is_rare() -> None:
    check(RARE)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs the syntax of Python 3.12")
def test_every_node_of_what_is_new() -> None:
    check(NEWER)
