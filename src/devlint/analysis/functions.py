"""Functions of the file: what their parameters hold, and evaluating them for a call or on their own."""

from __future__ import annotations

import ast

from devlint.analysis import beliefs, halves, lexicon
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.evaluator import Evaluator, Frame
from devlint.analysis.inputs import used_as_tensors
from devlint.analysis.names import last_name
from devlint.analysis.objects import instance
from devlint.analysis.state import State
from devlint.analysis.summaries import DEPTH, FAR, Summary
from devlint.analysis.value import (
    ANYWHERE,
    BOOL,
    MISSING,
    NDARRAY,
    NEVER,
    NONE,
    NUMBER,
    STR,
    UNKNOWN,
    Choice,
    Kind,
    Provenance,
    Value,
    join,
)
from devlint.finding import Because

Keywords = dict[str, Choice]

#: a longer text is no name of anything that is chosen
LONGEST_WORD = 40


def enter(
    ev: Evaluator,
    function: Function,
    owner: ClassNode | None,
    args: list[Choice] | None = None,
    keywords: Keywords | None = None,
    this: Choice | None = None,
    closure: dict[str, Choice] | None = None,
    guards: frozenset[Guard] = frozenset(),
) -> Choice:
    """Evaluate a body. Without ``args`` the function stands for itself: its parameters hold what nobody's call says.

    Returns what it returns; NEVER when it does not come back.
    """
    if _has_no_instance(ev, function):
        return NEVER
    frame = Frame(function, owner, beliefs.of(function, owner), closure=closure or {})
    bound = _bound(ev, function, owner, args, keywords, this)
    ev.frames.append(frame)
    try:
        spec = function.node.args
        for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
            bound[parameter.arg] = ev.copied(parameter, bound[parameter.arg])
        state = State.entry(bound, guards)
        end = ev.execute(function.node.body, state)
    finally:
        ev.frames.pop()
    if end is not None:
        frame.returns.append(NONE)
    return join(*frame.returns) if frame.returns else NEVER


def _has_no_instance(ev: Evaluator, function: Function) -> bool:
    """Whether a method is one of instances, of which there are none."""
    subject = ev.subjects.get(function.owner) if function.owner is not None else None
    if subject is None or not subject.unmade:
        return False
    return not function.constructs and not function.decorated("staticmethod", "classmethod")


def call_function(
    ev: Evaluator,
    function: Function,
    owner: ClassNode | None,
    args: list[Choice],
    keywords: Keywords,
    this: Value | None = None,
) -> Choice:
    """The result of calling a function of the project with these arguments; evaluated once for each kind of them."""
    if function.program is not ev.program:
        descent = ev.runs.descent
        descent.note(descent.calls, away=descent.calls)
        if descent.calls >= FAR:
            return UNKNOWN
    args, keywords = list(map(_telling, args)), {name: _telling(value) for name, value in keywords.items()}
    with ev.at(function.program) as home:
        summary = _summary(home, function, owner, args, keywords, this)
    ev.runs.asked(summary.facets)
    if ev.trace is not None:
        ev.trace.puts += summary.puts
        ev.trace.meetings += summary.meetings
    return summary.result


def _telling(given: Choice) -> Choice:
    """What a function is given, without the constants that decide nothing about devices: sentences, rates. Each
    of them would be evaluated for itself."""
    return given.map(lambda v: v.but(const=MISSING) if _is_idle(v) else v) if given.any(_is_idle) else given


def _is_idle(value: Value) -> bool:
    const = value.const
    if isinstance(const, str):
        return value.place is None and (len(const) > LONGEST_WORD or " " in const or not const.isascii())
    return isinstance(const, float)


def _summary(
    ev: Evaluator,
    function: Function,
    owner: ClassNode | None,
    args: list[Choice],
    keywords: Keywords,
    this: Value | None,
) -> Summary:
    """What a call comes to in the file of the function."""
    descent = ev.runs.descent
    if descent.calls > DEPTH:
        descent.note(descent.calls)
        return Summary()
    key = (
        tuple(value.identity for value in args),
        tuple(sorted((name, value.identity) for name, value in keywords.items())),
        tuple(v.origin for value in (*args, *keywords.values()) for v in value if v.literal),
        this and this.identity,
    )
    known = ev.runs.summaries.known(function, key, descent)
    if known is not None:
        return known
    with (
        ev.runs.summaries.evaluating(function, key, descent) as summary,
        ev.runs.recorded(summary.facets),
        ev.runs.project.grounds.under(ev.program.from_root),
        ev.inlining() as trace,
    ):
        result = enter(ev, function, owner, args, keywords, Choice(this) if this is not None else None)
        if function.generator or (result.never and not _exits(ev, function)):
            result = UNKNOWN
        summary.result = result.map(lambda v: v.but(when=frozenset()) if v.when else v)
        summary.puts, summary.meetings = trace.puts, trace.meetings
    return summary


def _exits(ev: Evaluator, function: Function) -> bool:
    """A function that only raises may be abstract; trust "never returns" only of one that ends the process, or that
    refuses this machine and comes back on the other kind."""
    if function.owner is not None or not function.raises:
        return function.owner is None
    return function.outer is None and ev.runs.opposite.of(function.program).trace(function).ends


# -- parameters


def _bound(
    ev: Evaluator,
    function: Function,
    owner: ClassNode | None,
    args: list[Choice] | None,
    keywords: Keywords | None,
    this: Choice | None,
) -> dict[str, Choice]:
    """Parameters and what they hold."""
    spec = function.node.args
    names = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(names) - len(spec.defaults)) + list(spec.defaults)
    values: dict[str, Choice] = {}
    if owner is not None and names and not function.decorated("staticmethod"):
        values[names[0].arg] = this if this is not None else _receiver(ev, function, owner)
        names, defaults = names[1:], defaults[1:]
    given = dict(keywords or {})
    for number, (parameter, default) in enumerate(zip(names, defaults, strict=True)):
        if args is not None and number < len(args):
            given.setdefault(parameter.arg, args[number])
        values[parameter.arg] = _parameter(ev, function, owner, parameter, default, given, called=args is not None)
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        values[parameter.arg] = _parameter(ev, function, owner, parameter, default, given, called=args is not None)
    if spec.vararg:
        values[spec.vararg.arg] = Choice(Value(Kind.TUPLE))
    if spec.kwarg:
        values[spec.kwarg.arg] = Choice(Value(Kind.DICT, subject="kwargs"))
    return values


def _receiver(ev: Evaluator, function: Function, owner: ClassNode) -> Choice:
    subject = ev.subjects.get(owner)
    if subject is None:
        return UNKNOWN
    if function.decorated("classmethod"):
        return Choice(Value(Kind.CLASS, subject=subject))
    return Choice(instance(ev, subject, inside=not function.constructs))


def _parameter(
    ev: Evaluator,
    function: Function,
    owner: ClassNode | None,
    parameter: ast.arg,
    default: ast.expr | None,
    given: Keywords,
    *,
    called: bool,
) -> Choice:
    if parameter.arg in given:
        return given[parameter.arg]
    if default is None:
        return unsaid(ev, function, owner, parameter, None)
    value = ev.peek(default, State({}))
    chosen = halves.written(parameter.arg, value, default)
    if called:
        return chosen
    said = unsaid(ev, function, owner, parameter, value)
    return join(said, chosen.where(lambda v: v.half is not None))


def unsaid_by(ev: Evaluator, function: Function, owner: ClassNode | None, positions: int) -> Keywords:
    """The parameters that a call with hidden arguments may give, and what is known of them; ``positions`` are given."""
    spec = function.node.args
    bound = owner is not None and not function.decorated("staticmethod")
    names = [*[*spec.posonlyargs, *spec.args][positions + bound :], *spec.kwonlyargs]
    return {name.arg: ev.selected() if lexicon.names_device(name.arg) else UNKNOWN for name in names}


def unsaid(
    ev: Evaluator, function: Function, owner: ClassNode | None, parameter: ast.arg, default: Choice | None
) -> Choice:
    """What a parameter is when no call says it: by default, annotation, name and role, in this order."""
    name = parameter.arg
    annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    if "torch.device" in annotation and "str" in annotation:
        annotated = Choice(Value(Kind.SELECTED, ev.run, name="annotated"))
        return annotated if default is None else join(annotated, default.where(lambda v: v.kind is Kind.NONE))
    if default is not None:
        found = _from_default(ev, name, default)
        if found is not None:
            return found
    if annotation:
        found = _from_annotation(ev, name, annotation)
        if found is not None:
            return found
    if lexicon.names_device(name):
        return ev.selected()
    tensor = _annotates_tensor(annotation)
    if _is_forward(ev, function, owner, name) and (tensor or (not annotation and default is None)):
        if tensor or name in _inputs(ev, function):
            return Choice(Value(Kind.TENSOR, ev.run, because=Because.ROLE, provenance=Provenance.INPUT))
        return Choice(Value(Kind.MOVABLE, ev.run, because=Because.ROLE))
    if tensor and "str" not in annotation and "ndarray" not in annotation:
        return Choice(Value(Kind.TENSOR, ANYWHERE))
    return UNKNOWN


def _inputs(ev: Evaluator, function: Function) -> frozenset[str]:
    if function not in ev.inputs:
        ev.inputs[function] = used_as_tensors(function)
    return ev.inputs[function]


def _annotates_tensor(annotation: str) -> bool:
    """Whether an annotation says: one tensor, or none."""
    container = any(word in annotation for word in ("List", "list", "Dict", "dict", "Tuple", "tuple", "Sequence"))
    return "Tensor" in annotation and not container


def _is_forward(ev: Evaluator, function: Function, owner: ClassNode | None, parameter: str) -> bool:
    """Whether a parameter is an input of ``forward`` of a module, or of a custom autograd function."""
    if owner is None:
        return False
    subject = ev.subjects.get(owner)
    if subject is not None and subject.module:
        return function.name == "forward"
    autograd = any(last_name(base) == "Function" for base in owner.node.bases)
    return autograd and function.name in ("forward", "backward") and parameter != "ctx"


def _from_default(ev: Evaluator, name: str, default: Choice) -> Choice | None:
    value = default.only
    if value.kind in (Kind.STR, Kind.DEVICE) and (value.place or lexicon.names_device(name)):
        return ev.selected()
    if value.kind is Kind.NONE and lexicon.names_device(name):
        return join(ev.selected(), NONE)
    if value.kind in (Kind.BOOL, Kind.NUMBER):
        return Choice(Value(value.kind))
    return None


_SCALARS = {"str": STR, "int": NUMBER, "float": NUMBER, "bool": BOOL}


def _from_annotation(ev: Evaluator, name: str, annotation: str) -> Choice | None:
    if annotation in ("torch.device", "device", "Optional[torch.device]", "torch.device | None"):
        return Choice(Value(Kind.DEVICE, ev.run))
    if annotation == "str" and lexicon.names_device(name):
        return Choice(Value(Kind.STR, ev.run))
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if ("ndarray" in annotation or "np.array" in annotation) and "Tensor" not in annotation:
        return NDARRAY
    if annotation in ("nn.Module", "torch.nn.Module"):
        return Choice(Value(Kind.MODULE))
    return None
