"""Which names are bound where, and what for: what a fix may use, and what a name cannot be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from devlint.analysis import syntax, torch_facts
from devlint.analysis.names import path_of


def surely_bound(body: list[ast.stmt]) -> set[str]:
    """Names that running some statements binds, whichever way they go."""
    found: set[str] = set()
    for statement in body:
        match statement:
            case ast.If(body=one, orelse=two):
                found |= surely_bound(one) & surely_bound(two)
            case ast.With(body=inner) | ast.Try(body=inner):
                found |= surely_bound(inner)
            case ast.Assign(targets=targets):
                found |= {node.id for target in targets for node in syntax.walk(target) if isinstance(node, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in names}
    return found


def placeholders(bound: Mapping[str, list[ast.stmt]]) -> Iterator[str]:
    """Names that the statements which bind them bind to None: the value that counts comes from elsewhere."""
    for name, statements in bound.items():
        if all(isinstance(one, (ast.Assign, ast.AnnAssign)) and _is_none(one.value) for one in statements):
            yield name


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def bindings(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """The statements among these that bind each name, or change it, in order."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in body:
        for name in _bound_within(statement):
            found.setdefault(name, []).append(statement)
    return found


def _bound_within(statement: ast.stmt) -> set[str]:
    """Names that a statement binds, those in its blocks included."""
    found = _bound_by(statement)
    for block in blocks(statement):
        found |= {name for inner in block for name in _bound_within(inner)}
    return found


def _bound_by(statement: ast.stmt) -> set[str]:
    """Names that a statement binds itself, its blocks aside."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name.partition(".")[0] for alias in names}
    found: set[str] = set()
    pending: list[ast.AST] = [statement]
    while pending:
        for node in syntax.children(pending.pop()):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.add(node.id)
            elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                found.update(_changed(node))
            if not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                pending.append(node)
    return found


def named_by(node: ast.AST) -> Iterator[str]:
    """The names that a node itself binds in some scope, or may."""
    match node:
        case ast.Name(id=name):
            if not isinstance(node.ctx, ast.Load):
                yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
        case ast.arg(arg=name) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Attribute() | ast.keyword():
            pass
        case _:  # definitions, handlers, patterns, type parameters
            if isinstance(defined := getattr(node, "name", None), str):
                yield defined


def _changed(node: ast.Subscript | ast.Attribute) -> set[str]:
    """The name whose parts an assignment to ``name[...]`` or ``name.attribute`` changes."""
    path: ast.expr = node
    while isinstance(path, (ast.Subscript, ast.Attribute)):
        path = path.value
    return {path.id} if isinstance(path, ast.Name) else set()


def blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of statements in a statement of the module level, those of functions and classes aside."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, None) or []
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body


def called(tree: ast.Module) -> set[str]:
    """Names that a file calls or decorates with: functions, whatever else they are named for."""
    found = set()
    for node in syntax.walk(tree):
        if isinstance(node, ast.Call):
            found.add(path_of(node.func) or "")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.update(path_of(decorator) or "" for decorator in node.decorator_list)
    return found


def bound_between(parents: dict[ast.AST, ast.AST], node: ast.AST) -> set[str]:
    """Names that lambdas and comprehensions around an expression bind anew."""
    found: set[str] = set()
    around = parents.get(node)
    while around is not None and not isinstance(around, ast.stmt):
        if isinstance(around, ast.Lambda):
            found.update(argument.arg for argument in around.args.args)
        for generator in getattr(around, "generators", ()):
            found.update(name.id for name in syntax.walk(generator.target) if isinstance(name, ast.Name))
        around = parents.get(around)
    return found


def listed_devices(tree: ast.Module) -> set[str]:
    """Command-line options whose every choice is the bare name of a device type: they never hold an index."""
    found = set()
    for node in syntax.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=[*_, ast.Constant(value=str(flag))]):
                choices = next((keyword.value for keyword in node.keywords if keyword.arg == "choices"), None)
                if isinstance(choices, (ast.List, ast.Tuple)) and all(map(_is_device_type, choices.elts)):
                    found.add(flag.lstrip("-").replace("-", "_"))
    return found


def _is_device_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in ("auto", *torch_facts.DEVICE_TYPES)
