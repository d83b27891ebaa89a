"""Which bindings of a name each reading of it may see, within one function."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from devlint.analysis import syntax

#: where a name was bound: the target, or the parameter
Binding = ast.AST
_Held = dict[str, frozenset[Binding]]

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Reaching:
    """``seen`` by each name that is read: its bindings; ``reads`` of each binding: the names that may see it."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.seen: dict[ast.Name, frozenset[Binding]] = {}
        spec = function.args
        parameters = (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)
        self._block(function.body, {parameter.arg: frozenset({parameter}) for parameter in parameters})
        self.reads: dict[Binding, list[ast.Name]] = defaultdict(list)
        for name, bindings in self.seen.items():
            for binding in bindings:
                self.reads[binding].append(name)

    def _block(self, body: list[ast.stmt], held: _Held | None) -> _Held | None:
        """What holds after some statements; None when control does not come out at their end."""
        for statement in body:
            if held is None:
                return None
            held = self._statement(statement, held)
        return held

    def _statement(self, node: ast.stmt, held: _Held) -> _Held | None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return held
            case ast.If():
                self._read(node.test, held)
                return _merged(self._block(node.body, dict(held)), self._block(node.orelse, dict(held)))
            case ast.While() | ast.For() | ast.AsyncFor():
                return self._loop(node, held)
            case ast.Try():
                return self._try(node, held)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._read(item, held)
                return self._block(node.body, held)
            case ast.Match():
                self._read(node.subject, held)
                ends = [self._block(case.body, dict(held)) for case in node.cases]
                return _merged(held, *ends)
        self._read(node, held)
        return None if isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue)) else held

    def _loop(self, node: ast.While | ast.For | ast.AsyncFor, held: _Held) -> _Held | None:
        self._read(node.test if isinstance(node, ast.While) else node.iter, held)
        for _ in range(2):  # the second trip sees what the first one bound
            trip = dict(held)
            if not isinstance(node, ast.While):
                self._read(node.target, trip)
            held = _merged(held, self._block(node.body, trip)) or held
        return self._block(node.orelse, held)

    def _try(self, node: ast.Try, held: _Held) -> _Held | None:
        before = dict(held)
        end = self._block(node.body, held)
        thrown = _merged(before, end) or before
        after = self._block(node.orelse, dict(end)) if end is not None else None
        ends = [self._block(handler.body, dict(thrown)) for handler in node.handlers]
        return self._block(node.finalbody, _merged(after, *ends) or dict(thrown))

    def _read(self, node: ast.AST, held: _Held) -> None:
        """Note what the names in an expression see, then bind those that it binds."""
        bound: list[ast.Name] = []
        for name in _names(node):
            if not isinstance(name.ctx, ast.Load):
                bound.append(name)
            elif name.id in held:
                self.seen[name] = self.seen.get(name, frozenset()) | held[name.id]
        for name in bound:
            held[name.id] = frozenset({name})


def _names(node: ast.AST) -> Iterator[ast.Name]:
    if isinstance(node, ast.Name):
        yield node
    for child in syntax.children(node):
        if not isinstance(child, _NESTED):
            yield from _names(child)


def _merged(*ends: _Held | None) -> _Held | None:
    """What holds where several paths meet."""
    found = [end for end in ends if end is not None]
    if not found:
        return None
    names = {name for end in found for name in end}
    return {name: frozenset().union(*(end.get(name, frozenset()) for end in found)) for name in names}
