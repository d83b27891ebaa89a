"""Names that a place gives to what it makes, and where these are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis.answer import Span
from devlint.analysis.program import Program
from devlint.verify.binding import bound, paths


def names(program: Program, place: Span) -> set[str]:
    """Names, and attributes of the instance, that the assignment around a place binds."""
    statement = _assignment(program, place)
    return set() if statement is None else bound(statement) | paths(statement)


def uses(program: Program, place: Span) -> Iterator[Span]:
    """Where something computes with what is bound there, or goes through it: with a name behind it in the same
    function, with an attribute of the instance in any method of its class."""
    statement = _assignment(program, place)
    if statement is None:
        return
    span, made = program.span, names(program, place)
    around = max(
        (function for function in program.functions if _holds(span(function.node), place)),
        key=lambda function: span(function.node).start,
        default=None,
    )
    own = program.tree if around is None else around.node
    shared = None if around is None or around.owner is None else around.owner.node
    found = [span(node) for node in ast.walk(own) if isinstance(node, ast.Name) and _is_use(program, node, made)]
    if shared is not None:
        found += [
            span(node) for node in ast.walk(shared) if isinstance(node, ast.Attribute) and _is_use(program, node, made)
        ]
    behind = sorted(one for one in found if one.start >= span(statement).end)
    yield from behind
    yield from sorted(set(found).difference(behind)) if shared is not None else ()


def _assignment(program: Program, place: Span) -> ast.Assign | ast.AnnAssign | None:
    for node in ast.walk(program.tree):  # from the outside in
        if isinstance(node, ast.Assign | ast.AnnAssign) and _holds(program.span(node), place):
            return node
    return None


def _holds(around: Span, place: Span) -> bool:
    return around.start <= place.start and place.end <= around.end


def _is_use(program: Program, node: ast.Name | ast.Attribute, made: set[str]) -> bool:
    if not isinstance(node.ctx, ast.Load) or ast.unparse(node) not in made:
        return False
    match program.parents.get(node):
        case ast.Call(func=called):
            return called is not node
        case ast.keyword() | ast.Starred():
            return True
        case ast.For(iter=gone) | ast.comprehension(iter=gone):
            return gone is node
        case ast.Attribute() as method:
            parent = program.parents.get(method)
            return isinstance(parent, ast.Call) and parent.func is method
    return False
