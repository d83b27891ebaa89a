"""What the worker processes of a data loader do: where they put something on an accelerator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import syntax
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.runs import Runs
from devlint.analysis.subject import Subject
from devlint.analysis.trace import Trace
from devlint.analysis.value import Kind, Value

#: methods of a data set that a worker calls
_METHODS = ("__getitem__", "__getitems__", "__iter__")
#: guards behind which nobody knows, or everybody does, what a worker puts where
_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.EXPORT))
#: words that say that workers are not forked
_STARTED = ("set_start_method", "multiprocessing_context")


def placed_by_worker(runs: Runs, program: Program, loader: ast.Call) -> ast.expr | None:
    """The call with which a worker of a data loader puts something on the world's accelerator, which the process that
    it is forked from uses already; None where there is none, or workers are perhaps not forked."""
    if any(word in program.source.text or runs.project.index.says(word) for word in _STARTED):
        return None
    for function in _functions(runs, program, loader):
        trace = runs.of(function.program).trace(function.program.unit_of(function))
        found = next(_placed(runs, function, trace), None)
        if found is not None and _in_use(runs, program, function):
            return found
    return None


def _functions(runs: Runs, program: Program, loader: ast.Call) -> Iterator[Function]:
    """What the workers of a data loader call of the project."""
    given = {keyword.arg: keyword.value for keyword in loader.keywords}
    data = loader.args[0] if loader.args else given.get("dataset")
    visits = runs.of(program).trace(program.unit_at(loader)).visits
    for node in filter(None, (data, given.get("collate_fn"))):
        for value in (value for visit in visits.get(node, ()) for value in visit.value):
            match value:
                case Value(kind=Kind.INSTANCE, subject=Subject() as subject):
                    names = _METHODS if node is data else ("__call__",)
                    yield from (method for _, method in filter(None, map(subject.method, names)))
                case Value(kind=Kind.FUNCTION, subject=(Function() as function, *_)):
                    yield function


def _placed(runs: Runs, function: Function, trace: Trace) -> Iterator[ast.expr]:
    """The calls in a function that surely put something on the accelerator, and not where it is told or the data is."""
    own = {argument.arg for argument in (*function.node.args.args, *function.node.args.kwonlyargs)}
    own |= {n.id for n in syntax.walk(function.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in syntax.walk(function.node):
        if isinstance(node, ast.Call) and (device := _device(node)) is not None:
            named = {part.id for part in syntax.walk(device) if isinstance(part, ast.Name)}
            if not named & own and _is_placed(runs, node, trace):
                yield node


def _device(call: ast.Call) -> ast.expr | None:
    """What a call says of the device: an argument, or the method itself."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "device"), None)
    if named is None and isinstance(call.func, ast.Attribute) and call.func.attr in ("to", "cuda"):
        return call.args[0] if call.args else ast.Constant("cuda")
    return named


def _is_placed(runs: Runs, call: ast.Call, trace: Trace) -> bool:
    return any(
        value.is_data and value.place == runs.world.accelerator
        for visit in trace.visits.get(call, ())
        if not visit.guards & _GUARDS
        for value in visit.value
    )


def _in_use(runs: Runs, program: Program, worker: Function) -> bool:
    """Whether the file of the data loader itself puts something on the accelerator, outside the worker."""
    return any(
        isinstance(node, ast.Call) and node not in worker.nodes and _device(node) and _is_placed(runs, node, trace)
        for trace in map(runs.of(program).trace, program.units)
        for node in trace.visits
    )
