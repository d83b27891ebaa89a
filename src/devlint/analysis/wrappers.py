"""Functions around compiled extensions: whoever calls one has tensors where its kernel wants them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from devlint.analysis import syntax
from devlint.analysis.names import imported_name

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.program import Program

#: last parts of the names of modules that are compiled against torch
_COMPILED = ("_C", "_ext", "_cuda")


def is_wrapper(program: Program, function: Function) -> bool:
    """Whether a function hands what it has to a function of such a module, whatever happens."""
    return bool(program.compiled) and any(
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in program.compiled
        and not all(isinstance(argument, ast.Constant) for argument in call.args)
        and not syntax.passes_by(program.parents, call, function.node)
        for call in function.calls
    )


def compiled(tree: ast.Module) -> frozenset[str]:
    """The names that a file binds to such modules, by an import or by what loads one by its name."""
    return frozenset(
        name
        for node in syntax.walk(tree)
        for name, module in _bound(node)
        if module.endswith(_COMPILED) and not module.startswith("torch.")
    )


def _bound(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names with the modules that a statement may bind them to."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Constant(value=str(module)), *_])):
            yield name, module
        case ast.ImportFrom(names=aliases):
            yield from ((alias.asname or alias.name, imported_name(node, alias.name)) for alias in aliases)
        case ast.Import(names=aliases):
            yield from ((alias.asname or alias.name, alias.name) for alias in aliases)
