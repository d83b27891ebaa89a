"""A slice with questions in it: what an expression is, which way a condition goes, what to do about a failure."""

from __future__ import annotations

import ast
import copy
from collections.abc import Container

from devlint.verify import binding, ending

#: names of the functions that an instrumented slice calls
BELIEVE, DECIDE, AGAIN, SOME, PARTS, FAILED, OVERLOOKED = (
    "__believe__", "__decide__", "__again__", "__some__", "__parts__", "__failed__", "__overlooked__",
)  # fmt: skip
#: what stands before the place of a slice, and before a call that leads to it
_LEADING = (ending.REACHED, ending.NEARED)
#: what would mean something else inside a function of its own
_BOUND_TO_PLACE = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)


def instrumented(text: str, beliefs: Container[str]) -> ast.Module:
    """The syntax of a slice, with a question for each condition, each loop, and each expression that there is a belief
    for. On the way to its place every statement may fail."""
    tree = ast.parse(text)
    ways: list[ast.Module | ast.FunctionDef] = [tree]
    ways += (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_on_the_way(node))
    for way in reversed(ways):  # from the inside: a function may be written twice
        way.body = _forgiven(way.body)
    made: ast.Module = _Questions(beliefs).visit(tree)
    return ast.fix_missing_locations(made)


def joined(text: str, beliefs: Container[str]) -> ast.Module:
    """The syntax of a file that a slice imports: as it is, with the same questions in the functions that lead to its
    place."""
    tree = forgiving(ast.parse(text))
    ways = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_on_the_way(node)]
    for way in reversed(ways):
        way.body = _forgiven(way.body)
        if _reaches(way):
            _Questions(beliefs).visit(way)
    return ast.fix_missing_locations(tree)


def forgiving(tree: ast.Module) -> ast.Module:
    """The syntax of a file of which every statement may fail, and what it binds is stood in for."""
    tree.body = _forgiven(tree.body, OVERLOOKED)
    return ast.fix_missing_locations(tree)


def _is_on_the_way(node: ast.FunctionDef) -> bool:
    return node.name == "__init__" or _reaches(node)


class _Questions(ast.NodeTransformer):
    def __init__(self, beliefs: Container[str]) -> None:
        self._beliefs = beliefs

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in (ending.LEFT, FAILED):
            return node  # what came of it, whatever was believed
        return self._believed(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._believed(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._believed(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._believed(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._decided(node, _toward(node), _reaches(node) or _leaves(node))

    def visit_While(self, node: ast.While) -> ast.AST:
        text, leads = ast.unparse(node.test), _reaches(node)
        self.generic_visit(node)
        node.test = _asked(AGAIN, node.test, ast.Constant(leads), ast.Constant(text))
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._decided(node, True, False)

    def visit_For(self, node: ast.For) -> ast.stmt:
        text, leads = ast.unparse(node.iter), _reaches(node)
        self.generic_visit(node)
        count = ast.Constant(_count(node.target))
        node.iter = _asked(SOME, node.iter, ast.Constant(leads), ast.Constant(text), count)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        self.generic_visit(node)
        if count := max(map(_count, node.targets)):
            node.value = _asked(PARTS, node.value, ast.Constant(count))
        return node

    def _decided(self, node: _Deciding, toward: bool, leads: bool) -> _Deciding:
        text = ast.unparse(node.test)
        self.generic_visit(node)
        node.test = _asked(DECIDE, node.test, ast.Constant(toward), ast.Constant(leads), ast.Constant(text))
        return node

    def _believed(self, node: ast.Call | ast.Attribute | ast.Subscript | ast.Name) -> ast.expr:
        text = ast.unparse(node)
        self.generic_visit(node)
        if text not in self._beliefs or not isinstance(getattr(node, "ctx", None), ast.Load | None):
            return node
        if any(isinstance(inner, _BOUND_TO_PLACE) or _is_super(inner) for inner in ast.walk(node)):
            return node
        nothing = ast.arguments([], [], None, [], [], None, [])
        return _asked(BELIEVE, ast.Lambda(nothing, node), ast.Constant(text))


_Deciding = ast.If | ast.IfExp


def _asked(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _count(target: ast.expr) -> int:
    """How many names something is unpacked into; 0: it is not."""
    if not isinstance(target, ast.Tuple | ast.List) or any(isinstance(part, ast.Starred) for part in target.elts):
        return 0
    return len(target.elts)


def _is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "super"


def _toward(node: ast.If) -> bool:
    """Which way an undecided condition is taken: to the place that the slice is for, past what leaves before it."""
    if any(map(_reaches, node.orelse)):
        return False
    return any(map(_reaches, node.body)) or not _leaves(node)


def _leaves(node: ast.If) -> bool:
    return isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _reaches(node: ast.AST) -> bool:
    return any(isinstance(found, ast.Name) and found.id in _LEADING for found in ast.walk(node))


def _forgiven(body: list[ast.stmt], told: str = FAILED) -> list[ast.stmt]:
    """A block whose statements may fail up to the place of the slice: what they bind is then stood in for. A function
    is ``told`` of it."""
    made: list[ast.stmt] = []
    for number, statement in enumerate(body):
        if _is_reached(statement):
            return [*made, *body[number:]]
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            made.append(_tried(statement, told) if _may_fail(statement) else statement)
        elif _reaches(statement):
            for field in ("body", "orelse"):
                setattr(statement, field, _forgiven(getattr(statement, field, []), told))
            made.append(statement)
        else:
            made.append(_tried(statement, told))
    return made


def _may_fail(definition: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether a definition asks others: for its decorators, for the bases of a class."""
    return bool(definition.decorator_list or getattr(definition, "bases", ())) and not _reaches(definition)


def _is_reached(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id in _LEADING
    )


def _target(name: str) -> ast.expr:
    owner, _, attribute = name.rpartition(".")
    stored = ast.Store()
    return ast.Attribute(ast.Name(owner, ast.Load()), attribute, stored) if owner else ast.Name(name, stored)


def _tried(statement: ast.stmt, told: str) -> ast.stmt:
    # nobody asks what failed in another file
    text = ast.Constant(ast.unparse(ast.fix_missing_locations(statement)) if told == FAILED else "")
    error = ast.Name("__error__", ast.Load())
    made = binding.bound(statement) - binding.changed(statement)
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        made |= {f"self.{name}" for name in binding.stored(statement)}
    instead: list[ast.stmt] = [
        ast.Assign([_target(name)], _asked(told, error, text, ast.Constant(name))) for name in sorted(made)
    ]
    if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.decorator_list:
        bare = copy.deepcopy(statement)
        bare.decorator_list = []
        instead = [ast.Expr(_asked(told, error, text)), _tried(bare, told)]  # which is nearer to it than anything
    caught = ast.Tuple([ast.Name("Exception", ast.Load()), ast.Name("SystemExit", ast.Load())], ast.Load())
    handler = ast.ExceptHandler(caught, "__error__", instead or [ast.Expr(_asked(told, error, text))])
    return ast.Try([statement], [handler], [], [])
