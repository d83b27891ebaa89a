"""Classes of which there is no instance: what makes one raises on every machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import assignments, syntax
from devlint.analysis.definitions import ClassNode, Function

_PARAMETERS = frozenset(("torch.nn.Parameter", "torch.nn.parameter.Parameter"))
#: methods that write to the tensor they are called on, which a leaf that requires a gradient does not
#: let them. Tried with torch 2.13
_WRITING = frozenset(
    "uniform_ normal_ fill_ zero_ copy_ add_ sub_ mul_ div_ clamp_ exponential_ random_ bernoulli_ cauchy_ "
    "log_normal_ geometric_ fill_diagonal_".split()
)
#: what lets them, or may
_LETTING = frozenset("no_grad inference_mode set_grad_enabled requires_grad requires_grad_".split())


def is_unmade(owner: ClassNode) -> bool:
    """Whether the constructor of a module writes in place to a parameter that it has made, with gradients on."""
    maker = owner.methods.get("__init__")
    if maker is None or not maker.node.args.args:
        return False
    return any(_is_parameter(maker, attribute) for attribute in _written(owner, maker, set()))


def _written(owner: ClassNode, method: Function, seen: set[Function]) -> Iterator[str]:
    """The attributes that a method surely writes to in place, or those that it calls."""
    if method in seen or method.node.decorator_list or not method.node.args.args or _LETTING & set(_named(method)):
        return
    seen.add(method)
    this = method.node.args.args[0].arg
    for statement in method.node.body:
        match statement:
            case ast.Expr(ast.Call(func=ast.Attribute(ast.Attribute(ast.Name(name), attribute), how))):
                if name == this and how in _WRITING:
                    yield attribute
            case ast.Expr(ast.Call(func=ast.Attribute(ast.Name(name), called))) if name == this:
                if called in owner.methods:
                    yield from _written(owner, owner.methods[called], seen)
        if any(isinstance(node, ast.Return) for node in syntax.walk(statement)):
            return


def _named(method: Function) -> Iterator[str]:
    for node in method.nodes:
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def _is_parameter(maker: Function, attribute: str) -> bool:
    """Whether all that an attribute is ever bound to is a parameter that requires a gradient."""
    found = [one.value for one in assignments.of_attribute(maker, attribute)]
    return bool(found) and all(
        isinstance(value, ast.Call)
        and maker.program.name(value.func) in _PARAMETERS
        and len(value.args) == 1
        and not value.keywords
        for value in found
    )
