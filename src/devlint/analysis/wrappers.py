"""Functions around compiled extensions: whoever calls one has tensors where its kernel wants them."""

from __future__ import annotations

import ast

from devlint.analysis import syntax
from devlint.analysis.definitions import Function
from devlint.analysis.names import imported_name
from devlint.analysis.program import Program

#: last parts of the names of modules that are compiled against torch
_COMPILED = ("_C", "_ext", "_cuda")


def is_wrapper(program: Program, function: Function) -> bool:
    """Whether a function hands what it has to a function of such a module, whatever happens."""
    return any(
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and not all(isinstance(argument, ast.Constant) for argument in call.args)
        and _is_extension(program, call.func.value.id)
        and not syntax.passes_by(program.parents, call, function.node)
        for call in function.calls
    )


def _is_extension(program: Program, name: str) -> bool:
    """Whether the module level binds a name to a module that is compiled, by an import or by what loads it by name."""
    statements = program.bindings.get(name, ())
    return any(_binds(node, name) for statement in statements for node in syntax.walk(statement))


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Call(args=[ast.Constant(value=str(module)), *_])):
            return bound == name and module.endswith(_COMPILED)
        case ast.ImportFrom(names=aliases):
            found = [imported_name(node, alias.name) for alias in aliases if (alias.asname or alias.name) == name]
        case ast.Import(names=aliases):
            found = [alias.name for alias in aliases if (alias.asname or alias.name) == name]
        case _:
            return False
    return any(module.endswith(_COMPILED) and not module.startswith("torch.") for module in found)
