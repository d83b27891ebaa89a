"""What the text of a file binds a name or an attribute to, by the statements that control may have come through: for
questions that no world decides."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from devlint.analysis import syntax
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)

#: a step into a value: the part at an index of what is unpacked, or (None) any item of what is iterated
Step = int | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One way in which a name is bound: to ``value``, or what ``steps`` lead to in it; to the parameter ``given``."""

    value: ast.expr | None = None
    steps: tuple[Step, ...] = ()
    given: ast.arg | None = None


def of_name(program: Program, name: ast.Name) -> list[Assignment]:
    """What a reading of a name may see: the nearest statement before it that surely binds it, and those in between, or
    later in a loop around both, that may."""
    found: list[Assignment] = []
    node: ast.AST = name
    while (around := program.parents.get(node)) is not None:
        surely = list(_bound_by_entering(around, node, name.id))
        before, certain = ([], False) if surely else _before(around, node, name.id)
        found += surely or before
        if surely or certain:
            return found
        if isinstance(around, _LOOPS):
            found += (one for one in _bound_in(around, name.id) if one not in found)
        if isinstance(around, _SCOPES) and found:
            return found
        if isinstance(around, (*_SCOPES[:3], ast.Module)):
            outer = _enclosing(program, around)
            if outer is not None:  # whoever calls the function does so after everything
                return list(_bound_in(outer, name.id)) or _seen_from(program, outer, name)
        node = around
    return found


def _seen_from(program: Program, scope: ast.AST, name: ast.Name) -> list[Assignment]:
    given = list(_bound_by_entering(scope, scope, name.id))
    outer = _enclosing(program, scope)
    return given or ([] if outer is None else list(_bound_in(outer, name.id)) or _seen_from(program, outer, name))


def _enclosing(program: Program, scope: ast.AST) -> ast.AST | None:
    """The function or module around a function."""
    node = program.parents.get(scope)
    while node is not None and not isinstance(node, (*_SCOPES[:3], ast.Module)):
        node = program.parents.get(node)
    return node


def of_module(program: Program, name: str) -> list[Assignment]:
    """What the module level of a file binds a name to, for those who import it."""
    return list(_bound_in(program.tree, name))


def of_attribute(unit: Function | None, attribute: str) -> list[Assignment]:
    """What the methods of the class around a method bind an attribute of the instance to."""
    if unit is None or unit.owner is None:
        return []
    return [
        one
        for writer in unit.owner.stores.get(attribute, ())
        for node in writer.nodes
        for target, value, steps in _targets(node)
        if isinstance(target, ast.Attribute) and target.attr == attribute
        for one in (Assignment(value, steps),)
    ]


def _bound_by_entering(around: ast.AST, inside: ast.AST, name: str) -> Iterator[Assignment]:
    """What a construct binds a name to for everything in it: parameters, ``with``, ``for`` and comprehensions."""
    match around:
        case ast.FunctionDef(args=spec) | ast.AsyncFunctionDef(args=spec) | ast.Lambda(args=spec):
            for given in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg):
                if given is not None and given.arg == name:
                    yield Assignment(given=given)
        case ast.With() | ast.AsyncWith() | ast.For() | ast.AsyncFor() if inside in around.body:
            yield from _named(around, name)
        case ast.ListComp(generators=parts) | ast.SetComp(generators=parts) | ast.GeneratorExp(generators=parts):
            yield from (one for part in parts for one in _named(part, name))
        case ast.DictComp(generators=parts):
            yield from (one for part in parts for one in _named(part, name))


def _before(around: ast.AST, inside: ast.AST, name: str) -> tuple[list[Assignment], bool]:
    """What the statements before one in its block bind a name to, and whether that is all there is to see."""
    found: list[Assignment] = []
    for block in (value for _, value in ast.iter_fields(around) if isinstance(value, list) and inside in value):
        for statement in reversed(block[: block.index(inside)]):
            if isinstance(statement, (ast.Assign, ast.AnnAssign)):
                here = list(_named(statement, name))
                if here:
                    return found + here, True
            elif not isinstance(statement, _SCOPES):
                found += _bound_in(statement, name)
    return found, False


def _bound_in(around: ast.AST, name: str) -> Iterator[Assignment]:
    """Everything below a statement that binds a name, scopes of their own aside."""
    pending = [around]
    while pending:
        node = pending.pop()
        yield from _named(node, name)
        pending += (child for child in syntax.children(node) if not isinstance(child, (*_SCOPES, ast.expr)))


def _named(node: ast.AST, name: str) -> Iterator[Assignment]:
    """What a statement itself binds a name to."""
    for target, value, steps in _targets(node):
        if isinstance(target, ast.Name) and target.id == name:
            yield Assignment(value, steps)


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, tuple[Step, ...]]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpacked(target, value, ())
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
            yield target, value, ()
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield from _unpacked(target, value, (None,))
        case ast.comprehension(target=target, iter=value):
            yield from _unpacked(target, value, (None,))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield item.optional_vars, item.context_expr, ()


def _unpacked(
    target: ast.expr, value: ast.expr, steps: tuple[Step, ...]
) -> Iterator[tuple[ast.expr, ast.expr, tuple[Step, ...]]]:
    if not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value, steps
        return
    for number, part in enumerate(target.elts):
        if not steps and isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            yield from _unpacked(part, value.elts[number], ())
        else:
            yield from _unpacked(part, value, (*steps, number))
