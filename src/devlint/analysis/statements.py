"""What statements do to a state: bindings, branches, loops, exceptions, definitions."""

from __future__ import annotations

import ast

from devlint.analysis import halves, handlers, lexicon, loops, roles, syntax
from devlint.analysis.answer import Guard
from devlint.analysis.bindings import assign, first_iterated, iterated
from devlint.analysis.conditions import condition
from devlint.analysis.evaluator import Evaluator, Frame, Statements
from devlint.analysis.expressions import attribute
from devlint.analysis.functions import enter
from devlint.analysis.mixtures import meet
from devlint.analysis.names import imported_name, last_name, path_of
from devlint.analysis.objects import class_fields, define_class
from devlint.analysis.operators import binary
from devlint.analysis.state import State, merge
from devlint.analysis.value import EXCEPTION, NONE, UNKNOWN, Choice, Kind, Value

# -- bindings


def _assignment(ev: Evaluator, node: ast.Assign, state: State) -> State | None:
    value = ev.evaluate(node.value, state)
    if value.never:
        return None
    for target in node.targets:
        assign(ev, target, _chosen(ev, target, value, node.value, state), state)
    return state


def _chosen(ev: Evaluator, target: ast.expr, value: Choice, node: ast.expr, state: State) -> Choice:
    """What is bound, as a choice of precision if it is one. Where there is an accelerator, what is right for that was
    chosen; it goes wrong for who takes it over beside another device."""
    name = last_name(target)
    if name is None:
        return value
    chosen = halves.hanging(value, state, None) if state.halves else halves.asked_for(name, value, state)
    return halves.written(name, chosen, node, anew=lambda: ev.accelerator is not None)


def _annotated(ev: Evaluator, node: ast.AnnAssign, state: State) -> State | None:
    if node.value is not None:
        value = ev.evaluate(node.value, state)
        if value.never:
            return None
        assign(ev, node.target, _chosen(ev, node.target, value, node.value, state), state)
    return state


def _augmented(ev: Evaluator, node: ast.AugAssign, state: State) -> State | None:
    held = ev.peek(node.target, state)
    added = ev.evaluate(node.value, state)
    meet(ev, node, [*((value, node.target) for value in held), *((value, node.value) for value in added)], state)
    value = binary(node.op, held, added, node, state)
    if value.never:
        return None
    assign(ev, node.target, value, state)
    return state


#: exceptions that a failing import can be caught as
_IMPORT_ERRORS = frozenset("ImportError ModuleNotFoundError Exception BaseException".split())


def _can_be_imported(ev: Evaluator, module: str, state: State) -> bool:
    """Whether this path goes on after an import. An engine of CUDA ends it in a world without CUDA, unless something
    catches the failure; then what follows the import is for those who have CUDA. An extension that has to be compiled
    for CUDA is surely not there."""
    compiled = ev.runs.project.extensions.is_behind(module, ev.program) or _is_tried_extension(ev, module, state)
    if not compiled and (ev.frame.function is None or not roles.is_engine(module)):
        return True
    if ev.has("cuda"):
        return True
    if compiled:
        return False
    state.guards |= {Guard.CONTRACT}
    return bool(state.caught & _IMPORT_ERRORS)


def _is_tried_extension(ev: Evaluator, module: str, state: State) -> bool:
    """Whether a module of nobody in the project, named for what it is compiled for, is looked for."""
    is_tried = bool(state.caught & _IMPORT_ERRORS)
    return is_tried and module.endswith("_cuda") and ev.runs.absolute(module, ev.program) is None


def _record(ev: Evaluator, node: ast.stmt, state: State) -> None:
    """Note behind which guards something is imported."""
    if ev.trace is not None and not ev.inlined:
        ev.trace.imports[node] = state.guards


def _import(ev: Evaluator, node: ast.Import, state: State) -> State | None:
    if not all(_can_be_imported(ev, alias.name, state) for alias in node.names):
        return None
    _record(ev, node, state)
    for alias in node.names:
        root = alias.name.partition(".")[0]
        name = alias.name if alias.asname else root
        absolute = ev.runs.absolute(name, ev.program) or name
        state.set(alias.asname or root, Choice(Value(Kind.LIBRARY, name=absolute)))
    return state


def _import_from(ev: Evaluator, node: ast.ImportFrom, state: State) -> State | None:
    names = {node.module or "", *(imported_name(node, alias.name) for alias in node.names if alias.name != "*")}
    if not all(_can_be_imported(ev, name, state) for name in names):
        return None
    _record(ev, node, state)
    for alias in node.names:
        if alias.name != "*":
            state.set(alias.asname or alias.name, _imported(ev, node, alias))
    return state


def _imported(ev: Evaluator, node: ast.ImportFrom, alias: ast.alias) -> Choice:
    """What ``from module import name`` binds: names of the project are looked up when they are used."""
    name = imported_name(node, alias.name)
    absolute = ev.runs.absolute(name, ev.program)
    if absolute is not None or (alias.asname or alias.name) in ev.program.called:
        return Choice(Value(Kind.LIBRARY, name=absolute or name))
    package = name.rpartition(".")[0]
    return attribute(ev, Value(Kind.LIBRARY, name=package), alias.name) if package else UNKNOWN


# -- branches


def _if(ev: Evaluator, node: ast.If, state: State) -> State | None:
    tested = condition(ev, node.test, state)
    if tested.truth is not None:
        branch, entry = (node.body, tested.when_true) if tested.truth else (node.orelse, tested.when_false)
        end = ev.execute(branch, entry)
        if end is not None and not _leaves(node.orelse if tested.truth else node.body):
            end.halves = state.halves
        return end
    one, two = ev.execute(node.body, tested.when_true), ev.execute(node.orelse, tested.when_false)
    end = merge(one, two)
    if end is not None and one is not None and two is not None:
        end.halves = state.halves
        end.guards = state.guards  # only after an early exit does the condition stay a guard
    return end


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a branch that is not taken would not have come back."""
    return bool(body) and isinstance(body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _while(ev: Evaluator, node: ast.While, state: State) -> State | None:
    tested = condition(ev, node.test, state)
    if tested.truth is False:
        return ev.execute(node.orelse, tested.when_false)
    ev.frame.breaks.append([])
    end = ev.execute(node.body, tested.when_true)
    for left in ev.frame.breaks.pop():
        end = merge(end, left)
    if tested.truth is None:
        end = merge(end, tested.when_false)
    if end is None:
        return None
    end.guards = state.guards
    return ev.execute(node.orelse, end)


def _for(ev: Evaluator, node: ast.For | ast.AsyncFor, state: State) -> State | None:
    iterable = ev.evaluate(node.iter, state)
    if iterable.all(lambda v: v.name == "range" and v.const == 0):
        return ev.execute(node.orelse, state)
    carried = ev.program.carried(node)
    later = iterated(ev, iterable, node.iter)
    first = first_iterated(ev, iterable, node.iter) if carried.tests_target else later
    trip = _trip(ev, node, first, state)
    end = merge(state.copy(), trip and trip.copy())
    # the second trip begins with what holds after the first
    if first.identity != later.identity or (trip is not None and carried.differs(state, trip)):
        end = merge(end, _trip(ev, node, later, trip or state))
    assert end is not None
    end.guards = state.guards
    return ev.execute(node.orelse, end)


def _trip(ev: Evaluator, node: loops.Loop, item: Choice, before: State) -> State | None:
    """The state after one trip through a loop; None where control never comes to its end."""
    start = before.copy()
    assign(ev, node.target, item, start)
    ev.frame.breaks.append([])
    end = ev.execute(node.body, start)
    for broken in ev.frame.breaks.pop():
        end = merge(end, broken)
    if end is not None:
        end.guards = before.guards
    return end


def _leave_loop(ev: Evaluator, node: ast.Break | ast.Continue, state: State) -> None:
    if ev.frame.breaks:
        ev.frame.breaks[-1].append(state)


def _with(ev: Evaluator, node: ast.With | ast.AsyncWith, state: State) -> State | None:
    swallowed: frozenset[str] = frozenset()
    for item in node.items:
        value = ev.evaluate(item.context_expr, state)
        swallowed |= _swallowed(item.context_expr)
        if item.optional_vars is not None:
            assign(ev, item.optional_vars, value if value.any(lambda v: v.is_data) else UNKNOWN, state)
    before = state.copy()
    state.caught |= swallowed
    end = ev.execute(node.body, state)
    if end is not None:
        end.caught = before.caught
    return end if not swallowed else merge(end, before)


def _swallowed(node: ast.expr) -> frozenset[str]:
    """Exceptions that ``contextlib.suppress(...)`` or ``pytest.raises(...)`` take."""
    match node:
        case ast.Call(func=ast.Name(id="suppress" | "raises") | ast.Attribute(attr="suppress" | "raises"), args=args):
            return frozenset(ast.unparse(argument).rpartition(".")[2] for argument in args)
    return frozenset()


def _try(ev: Evaluator, node: ast.Try, state: State) -> State | None:
    before = state.copy()
    state.caught |= {name for handler in node.handlers for name in handlers.taken(handler)}
    end = ev.execute(node.body, state)
    if end is not None:
        end.caught = before.caught
        end = ev.execute(node.orelse, end)
    thrown = merge(before.copy(), end.copy() if end is not None else None)
    assert thrown is not None
    for handler in node.handlers:
        caught = thrown.copy()
        if handler.name:
            caught.set(handler.name, EXCEPTION)
        end = merge(end, ev.execute(handler.body, caught))
    if node.finalbody:
        if end is None:
            ev.execute(node.finalbody, thrown)
            return None
        end = ev.execute(node.finalbody, end)
    return end


def _match(ev: Evaluator, node: ast.Match, state: State) -> State | None:
    ev.evaluate(node.subject, state)
    end: State | None = None
    exhaustive = False
    for case in node.cases:
        inner = state.copy()
        for found in syntax.walk(case.pattern):
            if isinstance(found, (ast.MatchAs, ast.MatchStar)) and found.name:
                inner.set(found.name, UNKNOWN)
        exhaustive |= isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
        path = path_of(node.subject)
        inner.guards |= lexicon.flavours(path or "")
        end = merge(end, ev.execute(case.body, inner))
    return end if exhaustive else merge(end, state)


# -- leaving


def _return(ev: Evaluator, node: ast.Return, state: State) -> None:
    ev.frame.returns.append(ev.evaluate(node.value, state) if node.value is not None else NONE)


def _raise(ev: Evaluator, node: ast.Raise, state: State) -> None:
    if node.exc is not None:
        ev.evaluate(node.exc, state)


def _assert(ev: Evaluator, node: ast.Assert, state: State) -> State | None:
    tested = condition(ev, node.test, state)
    return None if tested.truth is False else tested.when_true


def _expression(ev: Evaluator, node: ast.Expr, state: State) -> State:
    ev.evaluate(node.value, state)
    return state


def _delete(ev: Evaluator, node: ast.Delete, state: State) -> State:
    for target in node.targets:
        path = path_of(target)
        if path is not None:
            state.values.pop(path, None)
    return state


# -- definitions


def _function(ev: Evaluator, node: ast.FunctionDef | ast.AsyncFunctionDef, state: State) -> State:
    for expression in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
        ev.evaluate(expression, state)
    function = ev.program.by_node[node]
    state.set(node.name, Choice(Value(Kind.FUNCTION, name=node.name, subject=(function, None, None))))
    if ev.frame.function is not None and ev.trace is not None and not ev.inlined:
        # a nested function is looked at where it stands, with what is bound there
        enter(ev, function, None, closure=dict(state.values), guards=state.guards)
    return state


def _class(ev: Evaluator, node: ast.ClassDef, state: State) -> State:
    bases = [ev.evaluate(base, state) for base in node.bases]
    found = ev.program.classes[node]
    value = define_class(ev, found, bases)
    state.set(node.name, Choice(value))
    body = State({}, state.guards, state.caught)
    ev.frames.append(Frame(None, None, closure=dict(state.values)))
    try:
        body_end = ev.execute(node.body, body) or body
    finally:
        ev.frames.pop()
    annotated = {s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)}
    class_fields(value.subject, body_end, annotated)
    if ev.frame.function is not None and ev.trace is not None and not ev.inlined:
        for method in found.methods.values():
            enter(ev, method, found, closure=dict(state.values), guards=state.guards)
    return state


STATEMENTS: Statements = {
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.Break: _leave_loop,
    ast.Continue: _leave_loop,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Expr: _expression,
    ast.Delete: _delete,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
if hasattr(ast, "TryStar"):
    STATEMENTS[ast.TryStar] = _try
