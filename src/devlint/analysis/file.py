"""The analysis of one file: evaluates its units world by world, on demand, and answers questions about spans.

A *unit* is the module level or an outermost function or method. A unit is evaluated in a world when a rule first asks
about a place in it, and only if something live refers to it: a function whose every reference lies behind a guard that
the world does not pass is not reached there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from devlint.analysis import calls, comparisons, comprehensions, expressions, lexicon, statements, uses
from devlint.analysis.answer import Guard, Placement, Span, Visit
from devlint.analysis.conditions import condition
from devlint.analysis.evaluator import Evaluator, Frame, Put, Trace
from devlint.analysis.functions import enter
from devlint.analysis.program import Function, Program
from devlint.analysis.state import State
from devlint.analysis.value import UNKNOWN, Value
from devlint.source import Source
from devlint.world import World

Unit = Function | None  # None: the module level

_EXPRESSIONS = expressions.EXPRESSIONS | comparisons.EXPRESSIONS | comprehensions.EXPRESSIONS | calls.EXPRESSIONS


class Run:
    """One file in one world: traces of its units, made when asked for."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.evaluator = Evaluator(program, world, _EXPRESSIONS, statements.STATEMENTS)
        self.traces: dict[Unit, Trace] = {}
        self.alive: dict[Function, bool] = {}
        self.busy: set[Unit] = set()
        self._module()

    def _module(self) -> None:
        """Evaluate the module level; what functions rebind from inside is forgotten."""
        ev = self.evaluator
        trace = ev.trace = self.traces[None] = Trace()
        ev.frames.append(Frame(None, None))
        state: State | None = State({})
        for statement in self.program.tree.body:
            state = ev.execute([statement], state)
            if state is None:
                break
            ev.module = state.values
        ev.frames.pop()
        ev.module = dict(ev.module)
        for name in self.program.rebound:
            if name in ev.module:
                ev.module[name] = ev.selected() if lexicon.names_device(name) else UNKNOWN
        assert ev.trace is trace

    def trace(self, unit: Unit) -> Trace:
        """What the evaluation of a unit saw; empty where the unit is not reached in this world."""
        if unit not in self.traces:
            self.traces[unit] = Trace()
            assert unit is not None
            self.busy.add(unit)
            if self.live(unit) and not self._skipped(unit):
                self.evaluator.trace = self.traces[unit]
                enter(self.evaluator, unit, unit.owner, guards=self._contract(unit))
            self.busy.discard(unit)
        return self.traces[unit]

    # -- liveness

    def live(self, function: Function) -> bool:
        """Whether something live refers to a function; what nobody in the file refers to is called from outside."""
        if function in self.alive:
            return self.alive[function]
        self.alive[function] = True  # recursion: assume the best
        self.alive[function] = self._class_is_live(function) and self._is_mentioned(function)
        return self.alive[function]

    def _class_is_live(self, function: Function) -> bool:
        if function.owner is None:
            return True
        inside = set(function.owner.methods.values())
        return self._mentioned(function.owner.name, exclude=inside)

    def _is_mentioned(self, function: Function) -> bool:
        name = function.name
        if name.startswith("__") or name == "forward":
            return True
        if function.owner is None:
            return self._mentioned(name, exclude={function})
        return not name.startswith("_") or self._mentioned("." + name, exclude={function})

    def _mentioned(self, name: str, exclude: set[Function]) -> bool:
        around = self.program.references.get(name, set()) - exclude
        if not around:
            return True
        units = {self.program.unit_of(scope) for scope in around}
        # a unit under evaluation that leads back here: functions that only call each other are called from outside
        return any(unit in self.busy or name in self.trace(unit).mentioned for unit in units)

    # -- decorators

    def _skipped(self, unit: Function) -> bool:
        """Whether a skip marker takes a test out of this world."""
        for decorator in self._decorators(unit):
            text = ast.unparse(decorator).lower()
            if "skip" not in text:
                if self._needs_cuda(decorator) and not self.evaluator.world.has("cuda"):
                    return True
                continue
            if isinstance(decorator, ast.Call) and decorator.args:
                self.evaluator.frames.append(Frame(None, None))
                with self.evaluator.quiet():
                    truth = condition(self.evaluator, decorator.args[0], State({})).truth
                self.evaluator.frames.pop()
                unless = "unless" in text.partition("(")[0]
                if truth is not None and truth is not unless:
                    return True
                if truth is None and self._needs_cuda(decorator) and not self.evaluator.world.has("cuda"):
                    return True
            elif self._needs_cuda(decorator) and not self.evaluator.world.has("cuda"):
                return True
        return False

    @staticmethod
    def _needs_cuda(decorator: ast.expr) -> bool:
        text = ast.unparse(decorator)
        about = set(lexicon.words(text)) & lexicon.ACCELERATOR
        return bool(about) and not any(word in text for word in ("amp", "autocast", "custom_fwd", "custom_bwd"))

    def _decorators(self, unit: Function) -> Iterable[ast.expr]:
        yield from unit.node.decorator_list
        if unit.owner is not None:
            yield from unit.owner.node.decorator_list

    def _contract(self, unit: Function) -> frozenset[Guard]:
        """A method named after an accelerator is an explicit request for it: ``def cuda(self)``."""
        explicit = unit.name in ("cuda", "to_cuda", "to_gpu", "gpu")
        return frozenset({Guard.CONTRACT}) if explicit else frozenset()


class FileAnalysis:
    """Answers about one file, by span."""

    def __init__(self, program: Program, worlds: tuple[World, ...]) -> None:
        self.program = program
        self.worlds = worlds
        self._runs: dict[World, Run] = {}

    def run(self, world: World) -> Run:
        """The run of a world; worlds that differ in nothing the program asked for share one."""
        found = self._runs.get(world)
        if found is None:
            found = self._shared(world) or Run(self.program, world)
            self._runs[world] = found
        return found

    def _shared(self, world: World) -> Run | None:
        """A run that a world may share: nothing in the file can tell the two apart."""
        return next((run for known, run in self._runs.items() if self._alike(known, world)), None)

    def _alike(self, one: World, other: World) -> bool:
        if one.accelerator != other.accelerator or one.device != other.device:
            return False
        mentions = self.program.mentions
        if one.build != other.build and mentions & {"version", "has_cuda"}:
            return False
        if one.count != other.count and "device_count" in mentions:
            return False
        return one.request == other.request or not self.program.reads_requests

    # -- questions

    def visits(self, span: Span, world: World) -> tuple[Visit, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        unit = self.program.unit_at(node)
        return tuple(self.run(world).trace(unit).visits.get(node, ()))

    def name(self, span: Span) -> str | None:
        node = self.program.expressions.get(span)
        return self.program.name(node) if node is not None else None

    def placements(self, span: Span) -> tuple[Placement, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        return tuple(
            Placement(world, self.program.span(put.at), put.device, span, put.guards, put.caught, put.inlined)
            for world in self.worlds
            for put in self._puts(world).get(node, ())
        )

    def _puts(self, world: World) -> dict[ast.AST, list[Put]]:
        """Everything put on a device in one world, by where the device was written down."""
        cached = self._placed.get(world)
        if cached is None:
            cached = self._placed[world] = {}
            run = self.run(world)
            for unit in self.program.units:
                for put in run.trace(unit).puts:
                    cached.setdefault(put.device.origin, []).append(put)  # type: ignore[arg-type]
        return cached

    @cached_property
    def _placed(self) -> dict[World, dict[ast.AST, list[Put]]]:
        return {}

    def devices_in_scope(self, span: Span) -> tuple[str, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        unit = self.program.unit_at(node)
        line = self.program.statement_lines[node]
        for world in self.worlds:
            found = self.run(world).trace(unit).devices.get(line)
            if found is not None:
                return found
        return ()

    def origin(self, value: Value) -> Span | None:
        return self.program.span(value.origin) if value.origin is not None else None

    def spelling(self, name: str) -> str | None:
        return self.program.spelling(name)

    def feeds(self, span: Span) -> frozenset[str] | None:
        node = self.program.expressions.get(span)
        return uses.feeds(self.program, node) if node is not None else None

    def scope(self, offset: int) -> str:
        return self.program.scope(self.program.source.place(offset, offset).line)


def analyse(source: Source, tree: ast.Module, worlds: tuple[World, ...]) -> FileAnalysis:
    """Prepare the analysis of a parsed file; nothing is evaluated before a question is asked."""
    return FileAnalysis(Program(source, tree), worlds)
