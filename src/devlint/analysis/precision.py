"""From a choice of half precision to everything that hangs on it, in this file and in others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from devlint.analysis import lexicon
from devlint.analysis.callers import Reference
from devlint.analysis.definitions import Function
from devlint.analysis.halvings import Halved, bound_name, environment_variable, exported
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.runs import Runs


def halved_by(program: Program, node: ast.expr, runs: Runs, *, informed: bool) -> tuple[tuple[Program, Halved], ...]:
    """What is made half precision on the CPU in one world by what is written down at a node, with its file."""
    own = runs.halvings(program, informed=informed).get(node, ())
    found = [(program, one) for one in own]
    name = bound_name(program, node)
    if name is None or any(one.at is node for one in own):
        return tuple(found)
    function = _function_of_default(program, node)
    if informed and function is not None and not _is_left(function, name, runs):
        return ()
    given = _given_otherwise(program, node) if informed else None
    if given is not None and not _is_left(*given, runs):
        return ()
    at_top = program.unit_at(node) is None and not isinstance(program.parents.get(node), ast.arguments)
    if at_top and lexicon.names_precision(name):
        found += _elsewhere(program, node, runs)
    return tuple(found)


def _elsewhere(program: Program, node: ast.expr, runs: Runs) -> Iterator[tuple[Program, Halved]]:
    """What other files make half precision that import a choice, or are started with it in their environment."""
    index = runs.project.index
    path = PurePosixPath(program.from_root)
    module = path.parent.name if path.stem == "__init__" else path.stem
    importers = dict.fromkeys(other for other, _ in index.imports(module) if other is not program)
    names = [name for name in program.bindings if lexicon.names_precision(name)]
    others = [other for other in importers if any(name in other.source.text for name in names)]
    keys: set[str] = set()
    for other in others:
        yield from ((other, one) for one in runs.halvings(other, informed=False).get(node, ()))
        for unit in other.units if "environ" in other.source.text else ():
            keys.update(exported(other, runs.of(other).trace(unit).visits, node))
    for key in sorted(keys):
        for other in index.environment(key):
            for root, halved in runs.halvings(other, informed=False).items():
                if other is not program and environment_variable(other, root) == key:
                    yield from ((other, one) for one in halved)


# -- defaults of parameters


def _function_of_default(program: Program, node: ast.expr) -> Function | None:
    """The function whose parameter has this default."""
    spec = program.parents.get(node)
    return program.by_node.get(program.parents[spec]) if isinstance(spec, ast.arguments) else None


def _given_otherwise(program: Program, node: ast.expr) -> tuple[Function, str] | None:
    """The function, and its parameter with a default, that is taken before a choice: ``dtype or torch.float16``."""
    function = program.unit_at(node)
    match node:
        case ast.BoolOp(op=ast.Or(), values=[ast.Name(id=name), *_]):
            pass
        case ast.IfExp(test=ast.Compare(left=ast.Name(id=name), comparators=[ast.Constant(value=None)])):
            pass
        case _:
            return None
    spec = function.node.args if function is not None else None
    if function is None or spec is None:
        return None
    left = [*[*spec.posonlyargs, *spec.args][-len(spec.defaults) or len(spec.args) :], *spec.kwonlyargs]
    return (function, name) if any(parameter.arg == name for parameter in left) else None


def _is_left(function: Function, name: str, runs: Runs) -> bool:
    """Whether somebody leaves a parameter to its default: a call of the project, or whoever uses a function that
    nobody there calls."""
    called = function.owner.name if function.owner is not None and function.name == "__init__" else function.name
    references = runs.project.index.references(called)
    if references is None:
        return False
    own = (Reference(function.program, node) for node in function.program.named(called))
    everywhere = {one.node: one for one in (*references, *own)}.values()
    others = [one for one in everywhere if one.node not in function.nodes and one.may_mean(function)]
    calls = [one.call for one in others if one.call is not None]
    if not calls:
        return not any(map(_is_handed_on, others))
    given = [_gives(call, function, name) for call in calls]
    # a method of the same name may be another one
    return not any(given) if called == function.name and function.owner is not None else not all(given)


def _is_handed_on(reference: Reference) -> bool:
    """Whether a function is a value here, for anybody to call."""
    parent = reference.program.parents.get(reference.node)
    return isinstance(parent, (ast.Call, ast.keyword, ast.Assign, ast.Return, ast.Dict, ast.List, ast.Tuple))


def _gives(call: ast.Call, function: Function, name: str) -> bool:
    """Whether a call says what a parameter is."""
    if any(keyword.arg in (name, None) for keyword in call.keywords):
        return True
    names = [parameter.arg for parameter in (*function.node.args.posonlyargs, *function.node.args.args)]
    position = names.index(name) - (function.owner is not None) if name in names else len(call.args)
    return position < len(call.args) or any(isinstance(argument, ast.Starred) for argument in call.args)
