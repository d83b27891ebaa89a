"""The stretches of a file that are parsed with libcst: whole functions, methods and top-level statements."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from devlint.analysis.answer import Span
from devlint.loaded import LoadedRule
from devlint.source import Source


@dataclass(frozen=True, slots=True)
class Statement:
    """Whole lines of a file, decorators included, and the names of the rules that have a trigger in them.

    ``header`` says that this is the head of a class, up to its first statement, which alone is no statement;
    ``depth`` how deep its syntax nests.
    """

    span: Span
    rules: frozenset[str]
    header: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a file, by its lines: ``whole`` is the top-level statement that it is a piece of."""

    first: int
    last: int
    whole: tuple[int, int]
    nodes: tuple[ast.AST, ...]
    header: bool = False


def candidates(
    source: Source, tree: ast.Module, rules: Sequence[LoadedRule], hits: Mapping[str, tuple[int, ...]]
) -> list[Statement]:
    """The statements that hold a trigger, in order and without overlap.

    A class is cut into its head, its methods and its other statements, and a function never is. A rule whose scope is
    wider than a statement gets the whole class, or the whole file.
    """
    scopes = {rule.name: rule.rule.scope for rule in rules}
    if any(scopes[name] in ("module", "project") for name in hits):
        return [Statement(Span(0, len(source.text)), frozenset(hits), depth=_depth(tree.body))]
    parts = list(_parts(tree.body, source))
    found = {name: _held(parts, source, offsets) for name, offsets in hits.items()}
    wide = {part.whole for name, held in found.items() if scopes[name] == "class" for part in held}
    lines: dict[tuple[int, int, bool], set[str]] = {}
    for name, held in found.items():
        for part in held:
            key = (*part.whole, False) if part.whole in wide else (part.first, part.last, part.header)
            lines.setdefault(key, set()).add(name)
    return [
        Statement(_span(source, first, last), frozenset(names), header, _depth(_within(parts, first, last)))
        for (first, last, header), names in sorted(lines.items(), key=lambda item: item[0])
    ]


def begins_line(node: ast.stmt, source: Source) -> bool:
    """Whether nothing but blanks stands before a statement: not so in ``class A: x = 1``."""
    return not source.line(node.lineno)[: node.col_offset].strip()


def _held(parts: list[_Part], source: Source, offsets: tuple[int, ...]) -> set[_Part]:
    firsts = [part.first for part in parts]
    lines = {bisect_right(source.starts, offset) for offset in offsets}
    near = {(line, bisect_right(firsts, line) - 1) for line in lines}
    return {parts[index] for line, index in near if index >= 0 and line <= parts[index].last}


def _within(parts: Iterable[_Part], first: int, last: int) -> Iterator[ast.AST]:
    return (node for part in parts if first <= part.first and part.last <= last for node in part.nodes)


def _depth(nodes: Iterable[ast.AST]) -> int:
    depth = 0
    while nodes := [child for node in nodes for child in ast.iter_child_nodes(node)]:
        depth += 1
    return depth


def _span(source: Source, first: int, last: int) -> Span:
    end = source.starts[last] if last < len(source.starts) else len(source.text)
    return Span(source.starts[first - 1], end)


def _parts(body: list[ast.stmt], source: Source, top: tuple[int, int] | None = None) -> Iterator[_Part]:
    for first, last, nodes in _on_lines(body):
        whole = top or (first, last)
        node = nodes[0]
        if isinstance(node, ast.ClassDef) and begins_line(node.body[0], source):
            inner = list(_parts(node.body, source, whole))
            head = (*node.decorator_list, *node.bases, *node.keywords)
            yield _Part(first, inner[0].first - 1, whole, head, header=True)
            yield from inner
        else:
            yield _Part(first, last, whole, tuple(nodes))


def _on_lines(body: list[ast.stmt]) -> Iterator[tuple[int, int, list[ast.stmt]]]:
    """Statements with their first and last lines, those that share a line together."""
    held: list[ast.stmt] = []
    first = last = 0
    for node in body:
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        if held and start > last:
            yield first, last, held
            held = []
        if not held:
            first = start
        held.append(node)
        last = node.end_lineno or start
    if held:
        yield first, last, held
