"""Optimizers that keep something beside the weights they are given, before these are moved."""

from __future__ import annotations

import ast

from devlint.analysis import syntax, torch_facts
from devlint.analysis.names import path_of
from devlint.analysis.program import Program


def weighed(program: Program, made: ast.Call) -> list[ast.expr]:
    """The modules of which an optimizer is given the weights and copies something; none for one that copies nothing."""
    if program.name(made.func) not in torch_facts.EAGER_OPTIMIZERS:
        return []
    return [
        node.func.value
        for given in made.args[:1]
        for node in syntax.walk(given)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVES
    ]


def later_moves(program: Program, made: ast.Call, module: ast.expr) -> list[ast.Call]:
    """The calls after an optimizer was made that move a module; none where it was moved before, or where another
    optimizer is made after that."""
    path, unit = path_of(module), program.unit_at(made)
    body = program.tree if unit is None else unit.node
    calls = [node for node in syntax.walk(body) if isinstance(node, ast.Call) and program.unit_at(node) is unit]
    moves = [call for call in calls if path is not None and _moved(call) == path]
    if any(move.lineno < made.lineno for move in moves):
        return []
    later = [move for move in moves if move.lineno > made.lineno and not _are_apart(program, made, move)]
    first = min((move.lineno for move in later), default=0)
    again = any((program.name(call.func) or "").startswith("torch.optim.") for call in calls if call.lineno > first)
    return [] if again else sorted(later, key=lambda move: move.lineno)


def are_beside(program: Program, one: ast.AST, other: ast.AST) -> bool:
    """Whether two expressions stand in statements of one block."""
    return program.parents[_statement(program, one)] is program.parents[_statement(program, other)]


def _statement(program: Program, node: ast.AST) -> ast.AST:
    while not isinstance(node, ast.stmt):
        node = program.parents[node]
    return node


_GIVES = ("parameters", "named_parameters")


def _moved(call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(value=module, attr="to" | "cuda"):
            return path_of(module)
    return None


def _are_apart(program: Program, one: ast.AST, other: ast.AST) -> bool:
    """Whether two places are on different sides of a condition."""
    sides = _sides(program, one)
    return any(sides.get(branch, side) is not side for branch, side in _sides(program, other).items())


def _sides(program: Program, node: ast.AST) -> dict[ast.If, bool]:
    """The conditions around a place, and whether it is where they hold."""
    found: dict[ast.If, bool] = {}
    while (outer := program.parents.get(node)) is not None:
        if isinstance(outer, ast.If):
            found[outer] = node not in outer.orelse
        node = outer
    return found
