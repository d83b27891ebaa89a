"""Files that a function or method writes which is called before they are loaded, in the same run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING

from devlint.analysis import assignments, syntax
from devlint.analysis.assignments import Assignment
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.reloads import is_optional
from devlint.analysis.subject import Subject
from devlint.analysis.value import Kind, Value

if TYPE_CHECKING:
    from devlint.analysis.archives import Save
    from devlint.analysis.runs import Runs

#: how far calls of calls, and names, are followed
_CALLS, _NAMES = 3, 8
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

#: what an expression is made of once names are replaced by what they hold: the same for the same path
_Form = Hashable
_Given = Mapping[str, _Form]


class EarlierWrites:
    """Answers in one world; ``saves`` gives the places where a file of the project saves something."""

    def __init__(self, runs: Runs, saves: Callable[[Program], Iterable[Save]]) -> None:
        self._runs = runs
        self._saves = saves

    def include(self, program: Program, load: ast.Call) -> bool:
        """Whether what a call further up in its function calls has written the file that is loaded, whatever is chosen
        for the run."""
        unit = program.unit_at(load)
        calls = (node for node in (program.parents if unit is None else unit.calls) if isinstance(node, ast.Call))
        before = (call for call in calls if call.lineno < load.lineno and program.unit_at(call) is unit)
        path = _form(program, load.args[0], {})
        return any(
            self._writes(program, call, {}, path, _CALLS)
            for call in before
            if not _is_nested(program, call, load) and not is_optional(program, call, load)
        )

    def _writes(self, program: Program, call: ast.Call, given: _Given, path: _Form, depth: int) -> bool:
        """Whether everything that may be called writes a file; ``given`` is what the parameters around hold."""
        functions = self._called(program, call) if depth else []
        return bool(functions) and all(
            self._is_written_in(function, _inside(program, call, function, given), path, depth - 1)
            for function in functions
        )

    def _is_written_in(self, function: Function, given: _Given, path: _Form, depth: int) -> bool:
        program = function.program
        targets = {save.call: save.target for save in self._saves(program)}
        return any(
            _form(program, targets[call], given) == path
            if call in targets
            else self._writes(program, call, given, path, depth)
            for call in function.calls
            if not _is_nested(program, call, function.node) and not _may_be_left_out(function, call)
        )

    def _called(self, program: Program, call: ast.Call) -> list[Function]:
        """The functions and methods of the project that a call may be of; none where it may be of others."""
        visits = self._runs.informed(program, program.unit_at(call)).visits
        match call.func:
            case ast.Attribute(value=receiver, attr=name) if call.func not in visits:
                pass
            case receiver:
                name = "__call__"
        found = [_meant(value, name) for visit in visits.get(receiver, ()) for value in visit.value]
        known = [function for function in found if function is not None]
        return known if len(known) == len(found) else []


def _meant(value: Value, method: str) -> Function | None:
    match value:
        case Value(kind=Kind.FUNCTION, subject=(Function() as function, *_)) if method == "__call__":
            return function
        case Value(kind=Kind.INSTANCE | Kind.MODULE, subject=Subject() as subject):
            found = subject.method(method)
            return None if found is None else found[1]
    return None


def _inside(program: Program, call: ast.Call, function: Function, given: _Given) -> dict[str, _Form]:
    """What the parameters of a function hold that never binds them anew."""
    taken = [(parameter.arg, value) for parameter, value in function.taking(call)]
    if function.owner is not None and isinstance(call.func, ast.Attribute):
        taken += [(this.arg, call.func.value) for this in function.node.args.args[:1]]
    return {name: _form(program, value, given) for name, value in taken if name in function.given}


def _may_be_left_out(function: Function, call: ast.Call) -> bool:
    """Whether a function does not come to a call in some runs, or returns before."""
    returns = (node for node in function.nodes if isinstance(node, ast.Return) and node.lineno < call.lineno)
    return any(is_optional(function.program, node, function.node) for node in (call, *returns))


def _is_nested(program: Program, node: ast.AST, beside: ast.AST) -> bool:
    """Whether a node stands in a function that something else does not stand in."""
    around = {beside, *syntax.above(program.parents, beside)}
    return any(isinstance(one, _NESTED) and one not in around for one in syntax.above(program.parents, node))


def _form(program: Program, node: ast.AST, given: _Given, names: int = _NAMES) -> _Form:
    if isinstance(node, ast.Name):
        if node.id in given:
            return given[node.id]
        match found := assignments.of_name(program, node):
            case [Assignment(value=ast.expr() as value, steps=())] if names:
                return _form(program, value, given, names - 1)
        return (node.id, *found)
    said = (
        one.__class__ if isinstance(one, ast.AST) else one
        for _, one in ast.iter_fields(node)
        if one.__class__ is not list
    )
    return (node.__class__, *said, *(_form(program, part, given, names) for part in syntax.children(node)))
