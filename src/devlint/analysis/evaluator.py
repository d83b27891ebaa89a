"""The abstract interpreter: one file in one world.

``Evaluator`` holds what an evaluation carries along and dispatches on node classes; what each construct means is in
``expressions``, ``comparisons``, ``comprehensions``, ``calls`` and ``statements``, as tables of functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from devlint.analysis import lexicon, syntax
from devlint.analysis.answer import Guard, Visit
from devlint.analysis.beliefs import Beliefs
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.module import Module
from devlint.analysis.program import Program
from devlint.analysis.state import State
from devlint.analysis.subject import Subject
from devlint.analysis.summaries import STEPS
from devlint.analysis.trace import Put, Trace
from devlint.analysis.value import ANYWHERE, NDARRAY, NEVER, UNKNOWN, Choice, Kind, Value, join
from devlint.finding import Because

if TYPE_CHECKING:
    from devlint.analysis.runs import Runs

#: what each construct means, by node class: called with the evaluator, the node and the state
Expressions = dict[type[ast.AST], Callable[..., Choice]]
Statements = dict[type[ast.AST], Callable[..., "State | None"]]


@dataclass(slots=True)
class Frame:
    """One function body under evaluation (the module level: no function)."""

    function: Function | None
    owner: ClassNode | None
    beliefs: Beliefs = field(default_factory=Beliefs)
    returns: list[Choice] = field(default_factory=list)
    breaks: list[list[State]] = field(default_factory=list)
    closure: dict[str, Choice] = field(default_factory=dict)


class Evaluator:
    """One file in one world."""

    def __init__(self, program: Program, runs: Runs, expressions: Expressions, statements: Statements) -> None:
        self.program = program
        self.runs = runs
        self.world = runs.world
        self.expressions = expressions
        self.statements = statements
        self.module = Module(self)
        self.frames: list[Frame] = []
        self.trace: Trace | None = None
        self.inlined = 0
        self.subjects: dict[ClassNode, Subject] = {}
        #: names that each function uses as tensors
        self.inputs: dict[Function, frozenset[str]] = {}
        #: what each undecided condition depends on, by its identity
        self.guards_of: dict[str, frozenset[Guard]] = {}

    # -- what holds here

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def run(self) -> str:
        """The device type that correct code computes on in this world."""
        return self.world.device

    @property
    def accelerator(self) -> str | None:
        """The device type of the machine's accelerator, whether or not it is computed on."""
        self.runs.ask("accelerator")
        return self.world.accelerator

    def has(self, device: str) -> bool:
        """Whether a tensor can be put on a device of this type."""
        return device in ("cpu", "meta", self.run) or device == self.accelerator

    def is_accelerator(self, place: str | None) -> bool:
        """Whether a place is on the machine's accelerator."""
        return place not in (None, ANYWHERE, "cpu") and place == self.accelerator

    @property
    def constructing(self) -> bool:
        """Whether a method is looked at that runs before anybody moves the module it makes."""
        function = self.frame.function
        return function is not None and function.constructs

    @property
    def self_name(self) -> str | None:
        """What the method under evaluation calls its instance."""
        frame = self.frame
        if frame.owner is None or frame.function is None or not frame.function.node.args.args:
            return None
        return frame.function.node.args.args[0].arg

    def selected(self) -> Choice:
        """The run's device, as correct code passes it around."""
        ordinal = self.world.ordinal
        return Choice(Value(Kind.SELECTED, self.run, index=ordinal, indexed=None if ordinal is None else True))

    def request(self, name: str) -> bool | None:
        """What an unknown value of a request name is taken for; None for a name that requests nothing."""
        wanted = lexicon.polarity(name)
        if not wanted:
            return None
        return (wanted > 0) == (self.run != "cpu")

    def switched(self, name: str) -> bool | None:
        """What an unknown value of a name that chooses a backend is taken for; None for any other name."""
        backend = lexicon.switched_backend(name)
        if backend is None:
            return None
        self.runs.ask("backend")
        return self.world.backend == backend

    def available(self, name: str) -> bool | None:
        """What an unresolved availability test of this name answers here; None for a name that is none."""
        device = lexicon.availability(name)
        if device is None:
            return None
        return self.accelerator is not None if device == "" else self.has(device)

    # -- dispatch

    def evaluate(self, node: ast.expr, state: State) -> Choice:
        """What an expression may be here."""
        if state.ended:
            return NEVER
        descent = self.runs.descent
        descent.steps += 1
        handler = self.expressions.get(node.__class__)
        if handler is not None and descent.steps < STEPS:
            value = handler(self, node, state)
        else:
            for child in syntax.children(node):
                if isinstance(child, ast.expr):
                    self.evaluate(child, state)
            value = UNKNOWN
        if state.ended:  # by some part of it
            return NEVER
        self.visit(node, value, state)
        state.ended = value.never
        return value

    def visit(self, node: ast.AST, value: Choice, state: State) -> None:
        """Record how control reached an expression, for the rules."""
        if self.trace is not None and not self.inlined and not state.ended:
            visit = Visit(value, state.guards, state.caught, None, state.halves)
            self.trace.visits.setdefault(node, []).append(visit)

    def decide(self, node: ast.AST, truth: bool | None) -> None:
        """Note that the expression visited last was a condition, and how it came out."""
        if truth is not None and self.trace is not None and not self.inlined:
            visits = self.trace.visits[node]
            visits[-1] = replace(visits[-1], truth=truth)

    def execute(self, body: Iterable[ast.stmt], state: State | None) -> State | None:
        """Run statements; None when control does not come out at the end."""
        for statement in body:
            if state is None or state.ended:
                return None
            handler = self.statements.get(type(statement))
            if self.trace is not None and not self.inlined:
                self.trace.devices[statement.lineno] = state.devices_held()
            if handler is not None:
                state = handler(self, statement, state)
                continue
            for child in syntax.children(statement):
                if isinstance(child, ast.expr):
                    self.evaluate(child, state)
        return None if state is None or state.ended else state

    # -- recording

    def mention(self, name: str, state: State) -> None:
        """A live reference; one behind an undecided device condition does not make its target live."""
        if self.trace is None or self.inlined or state.ended or Guard.DEVICE in state.guards:
            return
        function = self.frame.function
        if function is None or function.name != name.lstrip("."):
            self.trace.mentioned.add(name)

    def put(self, at: ast.AST, device: Value, state: State) -> None:
        """Record that something is put on a device that was written down; inside a summary only when it was written
        outside."""
        if self.trace is None or state.ended or not device.literal:
            return
        origin = device.origin or at
        if self.inlined and self.frame.function is not None and origin in self.frame.function.nodes:
            return
        self.trace.puts.append(Put(at, device.but(origin=origin), state.guards, state.caught, bool(self.inlined)))

    @contextmanager
    def at(self, program: Program) -> Iterator[Evaluator]:
        """The evaluator of the file in which something is defined, recording where this one does."""
        if program is self.program:
            yield self
            return
        home = self.runs.of(program).evaluator
        kept = home.trace, home.inlined
        home.trace, home.inlined = self.trace, self.inlined
        try:
            yield home
        finally:
            home.trace, home.inlined = kept

    @contextmanager
    def at_module_level(self, trace: Trace | None) -> Iterator[None]:
        """Evaluate statements of the module level, whatever is under evaluation, recording in ``trace``."""
        kept, depth = (self.trace, self.inlined), len(self.frames)
        self.trace, self.inlined = trace, 0
        self.frames.append(Frame(None, None))
        try:
            with self.runs.afresh(self.program.from_root):
                yield
        finally:
            del self.frames[depth:]
            self.trace, self.inlined = kept

    @contextmanager
    def inlining(self) -> Iterator[Trace]:
        """Evaluate a body for a call of it, with a trace of its own."""
        kept, self.trace = self.trace, Trace()
        self.inlined += 1
        try:
            yield self.trace
        finally:
            self.trace = kept
            self.inlined -= 1

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Evaluate without recording: for a value only."""
        kept, self.trace = self.trace, None
        try:
            yield
        finally:
            self.trace = kept

    def peek(self, node: ast.expr, state: State) -> Choice:
        """The value of an expression that is evaluated, and recorded, elsewhere."""
        ended = state.ended
        with self.quiet():
            value = self.evaluate(node, state)
        state.ended = ended
        return value

    # -- names

    def lookup(self, name: str, state: State) -> Choice | None:
        """What a name is bound to: here, in the functions around, in the module, or in another file of the project."""
        found = self._bound(name, state)
        return self.runs.starred(self.program, name) if found is None else self.linked(found)

    def linked(self, held: Choice) -> Choice:
        """What an imported name stands for in the file it comes from; itself where that is no file of the project."""
        value = held.only
        if value.kind is Kind.LIBRARY and value.name is not None:
            return self.runs.imported(value.name) or held
        return held

    def _bound(self, name: str, state: State) -> Choice | None:
        found = state.get(name)
        if found is not None:
            return found
        for frame in reversed(self.frames):
            if name in frame.closure:
                return frame.closure[name]
            if frame.function is None or frame.function.outer is None:
                break
        return self.module.get(name)

    def attached_to(self) -> str | None:
        """Where a network lives that a value hangs on: with the run, if the file handles devices at all; what it never
        moves stays where its caller has it."""
        return self.run if self.program.handles_devices else None

    def believed(self, node: ast.expr) -> bool:
        """Whether the function around treats this very path as a tensor elsewhere."""
        return bool(self.frames) and self.frame.beliefs.is_tensor(node)

    def copied(self, target: ast.arg | ast.Name, value: Choice) -> Choice:
        """What a name is bound to, where the program copies it to the host elsewhere: what nobody knows may be a tensor
        on the run's device, and a tensor is there. An array, where the program makes a tensor of it."""
        beliefs = self.frame.beliefs
        if target in beliefs.arrays:
            return value.flat_map(lambda one: NDARRAY if _is_guessed(one) else Choice(one))
        copy = beliefs.copies.get(target)
        if copy is None:
            return value
        there = Choice(Value(Kind.TENSOR, self.run, because=Because.BELIEF, origin=copy))
        surely = beliefs.binds_tensor(target)

        def placed(one: Value) -> Choice:
            if one.kind is Kind.UNKNOWN and not one.attached:
                return there if surely else join(Choice(one), there)
            if one.kind is Kind.TENSOR and one.place in (None, ANYWHERE):
                return Choice(one.but(place=self.run, because=Because.BELIEF, origin=copy))
            return Choice(one)

        return value.flat_map(placed)


def _is_guessed(value: Value) -> bool:
    """Whether nobody knows what a value is, or only its role or what is done with it says that it is data."""
    return value.kind is Kind.UNKNOWN or (value.is_data and value.because is not Because.DERIVED)
