"""How a slice ends: with the statement that it is for, and the results that it hands over."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from devlint.evidence import DECISION, VALUE
from devlint.verify.binding import Block, bound, may_leave, paths, root

#: names by which a slice speaks to the process that runs it
REACHED, LEFT, NEARED = "__reached__", "__left__", "__neared__"


def rebinding(goal: ast.stmt, following: Block) -> Block:
    """The statements right after one that bind the same names: a choice is made when the last of them has spoken."""
    found: Block = []
    for statement in following if not _is_moved(goal) else ():
        if not isinstance(statement, ast.If | ast.Assign) or may_leave(statement):
            break
        if not any(_overlap(one, other) for one in _stored(statement) for other in _stored(goal)):
            break
        found.append(statement)
    return found


def _is_moved(goal: ast.stmt) -> bool:
    """Whether a method of something makes what takes its place: no choice, and what a repair makes of a method whose
    value was thrown away."""
    match goal:
        case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(value=moved))):
            return ast.unparse(target) == ast.unparse(moved)
    return False


def _stored(statement: ast.stmt) -> set[str]:
    """Names that a statement binds or changes a part of; of what it stores an attribute of, that attribute."""
    attributes = paths(statement)
    return bound(statement) - {path.partition(".")[0] for path in attributes} | attributes


def _overlap(one: str, other: str) -> bool:
    """Whether two things are the same, or one is a part of the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def finishing(goal: ast.stmt, after: Block) -> Block:
    """The statement that a slice is for and those after it, and the end of the slice, to which it hands what they bind
    or, where a value is thrown away, what it was asked of."""
    if isinstance(goal, ast.If | ast.While):
        return _decided(goal, after)
    value = goal.value if isinstance(goal, ast.Return | ast.Expr) else None
    if value is not None:
        kept: ast.stmt = ast.Assign([ast.Name(VALUE, ast.Store())], value)
        results = [VALUE]
        if isinstance(goal, ast.Expr):
            results += _asked_of(value)
    else:
        kept, results = goal, sorted(bound(goal)) + sorted(paths(goal))
    return [kept, *after, _end(results)]


def _asked_of(value: ast.expr) -> list[str]:
    """What methods are called of in an expression whose value is thrown away."""
    calls = value.elts if isinstance(value, ast.Tuple) else [value]
    methods = [call.func for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)]
    return [ast.unparse(method.value) for method in methods if root(method) not in (None, "torch")]


def _decided(goal: ast.If | ast.While, after: Block) -> Block:
    """A condition and, where all that hangs on it is what names are bound to, that too."""
    asked = ast.Assign([ast.Name(DECISION, ast.Store())], ast.Call(ast.Name("bool", ast.Load()), [goal.test], []))
    if isinstance(goal, ast.While) or may_leave(goal) or not (names := sorted(bound(goal)) + sorted(paths(goal))):
        return [asked, _end([DECISION])]
    made = copy.copy(goal)
    made.test = ast.Name(DECISION, ast.Load())
    return [asked, made, *after, _end([DECISION, *names])]


def _end(results: Sequence[str]) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(LEFT, ast.Load()), [], [ast.keyword(arg=None, value=_results(results))]))


def _results(paths: Sequence[str]) -> ast.Dict:
    """``{"x": lambda: x}``: a name may be unbound where a branch was not taken."""
    values = [ast.parse(f"lambda: {path}", mode="eval").body for path in paths]
    return ast.Dict([ast.Constant(path) for path in paths], values)


def reached() -> ast.stmt:
    """The statement by which a slice says that it got to its place."""
    return ast.Expr(ast.Call(ast.Name(REACHED, ast.Load()), [], []))


def neared() -> ast.stmt:
    """The statement by which a slice says that it got to a call that leads there."""
    return ast.Expr(ast.Call(ast.Name(NEARED, ast.Load()), [], []))
