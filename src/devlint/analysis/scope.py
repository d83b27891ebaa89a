"""Which names are bound where, and what for: what a fix may use, and what a name cannot be."""

from __future__ import annotations

import ast

from devlint.analysis import torch_facts
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
                found |= {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in names}
    return found


def called(tree: ast.Module) -> set[str]:
    """Names that a file calls or decorates with: functions, whatever else they are named for."""
    found = set()
    for node in ast.walk(tree):
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
            found.update(name.id for name in ast.walk(generator.target) if isinstance(name, ast.Name))
        around = parents.get(around)
    return found


def listed_devices(tree: ast.Module) -> set[str]:
    """Command-line options whose every choice is the bare name of a device type: they never hold an index."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=[*_, ast.Constant(value=str(flag))]):
                choices = next((keyword.value for keyword in node.keywords if keyword.arg == "choices"), None)
                if isinstance(choices, (ast.List, ast.Tuple)) and all(map(_is_device_type, choices.elts)):
                    found.add(flag.lstrip("-").replace("-", "_"))
    return found


def _is_device_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in ("auto", *torch_facts.DEVICE_TYPES)
