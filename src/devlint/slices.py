"""One statement, parsed with libcst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from devlint.rule import Slice
from devlint.source import Source
from devlint.spans import Recorder, realigned
from devlint.statement import Statement
from devlint.walk import walk

#: an indented statement is parsed under this, which keeps its indentation and its strings as they are
_UNDER = "if 1:\n"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The nodes of a statement, parents first. ``exact`` says that libcst writes it as it reads it: nothing else may
    be rewritten by a fix."""

    nodes: tuple[cst.CSTNode, ...]
    slice: Slice
    exact: bool


def parse(source: Source, statement: Statement) -> Parsed | None:
    """Parse a statement where it stands; None when libcst cannot."""
    low, high = statement.span
    text = source.text[low:high]
    # a form feed begins the line anew
    indent = text[: len(text) - len(text.lstrip(" \t\f"))].rpartition("\f")[2] if low else ""
    before = _UNDER if indent else ""
    whole = f"{before}{text}{indent} pass\n" if statement.header else before + text
    start = low - len(before)
    try:
        module = cst.parse_module(whole)
        recorder = Recorder(module, start, low, high)
        module._codegen(recorder)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    spans, exact = recorder.spans, recorder.code == whole
    if not exact:
        moved = realigned(spans, recorder.code, whole, start)
        if moved is None:
            return None
        spans = moved
    pairs = list(walk(_roots(module, bool(indent))))
    parents = {id(node): parent for node, parent in pairs if parent is not None and id(parent) in spans}
    return Parsed(tuple(node for node, _ in pairs if id(node) in spans), Slice(spans, parents), exact)


def _roots(module: cst.Module, indented: bool) -> Iterator[cst.CSTNode]:
    for node in module.body:
        if indented and isinstance(node, cst.If):
            yield from node.body.body
        else:
            yield node
