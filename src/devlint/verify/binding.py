"""What pieces of a program say of themselves: what they bind and read, and where control goes from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)

Block = list[ast.stmt]


def blocks(node: ast.AST) -> Iterator[Block]:
    """Every block of statements that a node holds."""
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(node, field, None)
        if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
            yield inner
    for handler in getattr(node, "handlers", ()) or getattr(node, "cases", ()):
        yield handler.body


def contains(statement: ast.stmt, goal: ast.stmt) -> bool:
    """Whether a statement is another one, or holds it in one of its blocks."""
    return statement is goal or any(contains(inner, goal) for block in blocks(statement) for inner in block)


def leaves(statement: ast.If) -> bool:
    """Whether control leaves where a condition holds, and goes on behind it otherwise."""
    return isinstance(statement.body[-1], LEAVING) and not statement.orelse


def heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a compound statement or a class evaluates before its blocks."""
    for field in ("test", "iter", "items", "subject", "target", "decorator_list", "bases", "keywords"):
        part = getattr(statement, field, None)
        yield from part if isinstance(part, list) else filter(None, (part,))


def head_bound(statement: ast.stmt) -> set[str]:
    """Names that the head of a compound statement binds: the variable of a loop, what ``with`` gives."""
    parts = [statement.target] if isinstance(statement, ast.For | ast.AsyncFor) else []
    parts += [item.optional_vars for item in getattr(statement, "items", ()) if item.optional_vars is not None]
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def bound(statement: ast.AST) -> set[str]:
    """Names that a statement binds, or changes a part of."""
    if isinstance(statement, (*FUNCTION, ast.ClassDef)):
        return {statement.name}
    found: set[str] = set()
    for node in _shallow(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            if (changed := root(node)) is not None:
                found.add(changed)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, (*FUNCTION, ast.ClassDef)):
            found.add(node.name)
    return found - {"self"}


def changed(statement: ast.AST) -> set[str]:
    """Names that a statement does not bind, and changes a part of: ``x[0] = 1``."""
    parts = {
        name
        for node in _shallow(statement)
        if isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and (name := root(node)) is not None
    }
    return parts - {node.id for node in _shallow(statement) if isinstance(node, ast.Name) and not _is_read(node)}


def paths(statement: ast.AST) -> set[str]:
    """Attributes that a statement stores: ``self.device``."""
    return {
        ast.unparse(node)
        for node in _shallow(statement)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }


def stored(statement: ast.AST) -> set[str]:
    """Attributes of the instance that a statement stores."""
    return {path.removeprefix("self.") for path in paths(statement) if path.startswith("self.")}


def made_late(program: ast.AST) -> set[str]:
    """Attributes of the instance that are stored where ``hasattr`` says that they are not there yet."""
    asked = set[str]()
    for node in ast.walk(program):
        match node:
            case ast.Call(func=ast.Name("hasattr"), args=[ast.Name("self"), ast.Constant(str(name))]):
                asked.add(name)
    return asked & set[str]().union(*(stored(node) for node in ast.walk(program) if isinstance(node, ast.stmt)))


def _shallow(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, without the inside of definitions."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        if found is node or not isinstance(found, (*FUNCTION, ast.ClassDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(found))


def loads(node: ast.AST) -> set[str]:
    """Names that a node reads and does not bind for itself."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and _is_read(one)}
    for one in ast.walk(node):
        if isinstance(one, (*FUNCTION, ast.Lambda)):
            local = {inner.id for inner in _shallow(one) if isinstance(inner, ast.Name) and not _is_read(inner)}
            found -= parameters(one) | local
        elif isinstance(one, ast.comprehension):
            found -= {name.id for name in ast.walk(one.target) if isinstance(name, ast.Name)}
    return found


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names of a function's parameters."""
    found = node.args
    every = (*found.posonlyargs, *found.args, *found.kwonlyargs, *filter(None, (found.vararg, found.kwarg)))
    return {argument.arg for argument in every}


def defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that the defaults of a function's parameters read."""
    return {name for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)) for name in loads(default)}


def root(node: ast.expr) -> str | None:
    """The name that an attribute or a subscript begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def may_leave(statement: ast.stmt) -> bool:
    """Whether control may leave the block of a statement from inside it."""
    return any(isinstance(node, LEAVING) for node in ast.walk(statement))
