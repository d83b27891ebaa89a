"""Where a value goes within its function, and whether anything reads it again."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from devlint.analysis import syntax
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

#: methods that hand the value or its parts on
_PASSED_ON = frozenset("items values get pop transpose permute squeeze unsqueeze view reshape float t detach".split())
#: methods that take the value to the host
_HOST = frozenset(("numpy", "item", "tolist"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def feeds(program: Program, node: ast.expr) -> frozenset[str] | None:
    """Last names of the calls that the value of an expression goes into, and of the methods that take it to the host;
    None when it escapes: is returned, stored in an attribute or container, or used in any other way."""
    found = list(_uses(program, node, frozenset()))
    known = frozenset(name for name in found if name is not None)
    return known if len(known) == len(set(found)) else None


def sinks(program: Program, node: ast.expr) -> frozenset[str]:
    """The same calls, whatever else becomes of the value, and those that get what is made of it by other calls."""
    found: set[str] = set()
    pending, seen = [node], {node}
    while pending:
        value = pending.pop()
        found |= {name for name in _uses(program, value, frozenset()) if name is not None}
        made = [one for one in _made_of(program, value) if one not in seen]
        pending += made
        seen.update(made)
    return frozenset(found)


def keys_read(program: Program, node: ast.expr) -> frozenset[str]:
    """The keys by which alone the value of an expression is read; none where it is read in any other way."""
    match program.parents.get(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            unit = program.unit_at(node)
            body = program.tree if unit is None else unit.node
            named = (one for one in syntax.walk(body) if isinstance(one, ast.Name) and one.id == name)
            read = [program.parents[one] for one in named if isinstance(one.ctx, ast.Load)]
        case _:
            return frozenset()
    keys = [
        one.slice.value if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant) else None
        for one in read
    ]
    texts = frozenset(key for key in keys if isinstance(key, str))
    return texts if len(texts) == len(set(keys)) else frozenset()


def _made_of(program: Program, node: ast.expr) -> Iterator[ast.expr]:
    """The calls and comprehensions around the readings of a value: what they give has something of it."""
    readings = [node]
    match program.parents.get(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            unit = program.unit_at(node)
            body = program.tree if unit is None else unit.node
            readings += [one for one in syntax.walk(body) if isinstance(one, ast.Name) and one.id == name]
    for reading in readings:
        for around in syntax.above(program.parents, reading):
            if isinstance(around, ast.stmt):
                break
            if isinstance(around, (ast.Call, ast.DictComp, ast.ListComp)):
                yield around


def _uses(program: Program, node: ast.expr, seen: frozenset[str]) -> Iterator[str | None]:
    """Last names of the calls that a value goes into, None for every other use. ``seen`` are the names followed
    already."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = program.parents.get(parent)
    match parent:
        case ast.Call() if parent.func is not node:
            yield last_name(parent.func) or ""
        case ast.Subscript() if parent.value is node:
            yield from _uses(program, parent, seen)
        case ast.Attribute():
            yield from _method_uses(program, parent, seen)
        case ast.Assign(targets=[ast.Name(id=name)]) if parent.value is node:
            yield from _name_uses(program, node, name, seen)
        case ast.Assign(targets=[ast.Tuple(elts=parts)]) if parent.value is node:
            for part in parts:
                yield from _name_uses(program, node, part.id, seen) if isinstance(part, ast.Name) else (None,)
        case _:
            yield None


def _method_uses(program: Program, method: ast.Attribute, seen: frozenset[str]) -> Iterator[str | None]:
    call = program.parents.get(method)
    if not isinstance(call, ast.Call) or call.func is not method:
        yield None
    elif method.attr in _HOST:
        yield method.attr
    elif method.attr in _PASSED_ON:
        yield from _uses(program, call, seen)
    else:
        yield None


def _name_uses(program: Program, node: ast.expr, name: str, seen: frozenset[str]) -> Iterator[str | None]:
    """The same for everything that reads a name in the unit around, unless it was followed already."""
    if name in seen:
        return
    unit = program.unit_at(node)
    for found in syntax.walk(program.tree if unit is None else unit.node):
        if isinstance(found, ast.Name) and found.id == name and isinstance(found.ctx, ast.Load):
            yield from _uses(program, found, seen | {name})


def is_read_again(program: Program, node: ast.expr) -> bool:
    """Whether what an expression reads matters after its statement: its first name is read further down, or anywhere in
    a loop around both, or belongs to somebody else (an instance, the module)."""
    root = _root(node)
    unit = program.unit_at(node)
    if root is None or unit is None or not is_local(program, root):
        return True
    statement = _statement(program, node)
    loops = [
        around
        for around in syntax.above(program.parents, statement)
        if isinstance(around, (ast.For, ast.AsyncFor, ast.While))
    ]
    inside = set(syntax.walk(statement))
    return any(
        read not in inside and (read.lineno > (statement.end_lineno or 0) or _within(program, read, loops))
        for read in syntax.walk(unit.node)
        if isinstance(read, ast.Name) and read.id == root.id and isinstance(read.ctx, ast.Load)
    )


def is_local(program: Program, node: ast.expr) -> bool:
    """Whether an expression is a bare name that may be bound where it stands without hiding another one: one of its own
    function, or of the module at module level."""
    if not isinstance(node, ast.Name):
        return False
    around = next(
        (a for a in syntax.above(program.parents, node) if isinstance(a, (*_FUNCTIONS, ast.ClassDef, ast.Module))), None
    )
    if not isinstance(around, _FUNCTIONS):
        return isinstance(around, ast.Module)
    spec = around.args
    names = {argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    for found in syntax.walk(around):
        if isinstance(found, (ast.Global, ast.Nonlocal)) and node.id in found.names:
            return False
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store):
            names.add(found.id)
    return node.id in names


def _root(node: ast.expr) -> ast.Name | None:
    """``x`` of ``x[0]["b"]``: what is held by nothing but this name."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _statement(program: Program, node: ast.expr) -> ast.stmt:
    return next(around for around in syntax.above(program.parents, node) if isinstance(around, ast.stmt))


def _within(program: Program, node: ast.AST, around: Collection[ast.AST]) -> bool:
    return any(found in around for found in syntax.above(program.parents, node))


def speaks_of(around: ast.AST, word: str) -> bool:
    """Whether a name or a short text below a node has a word in it."""
    for node in syntax.walk(around):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.Constant(value=str(name)):
                if len(name) < 40 and word in name:
                    return True
    return False
