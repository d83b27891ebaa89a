"""Answers about choices: who asks for what, and who listens; and what fails where it is not to be had."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cached_property

from devlint.analysis import backends, choices, defaults, failures, neglect, options, ordinals, swallowed
from devlint.analysis.answer import BackendTest, Failure, Ignored, Span
from devlint.analysis.definitions import Function
from devlint.analysis.evaluation import Evaluation
from devlint.finding import Place
from devlint.world import World


class Choosing(Evaluation):
    """Answers about requests and conditions, by span."""

    def backend_tests(self, span: Span) -> tuple[BackendTest, ...]:
        node = self.program.expressions.get(span)
        return tuple(backends.tests(self.program, node)) if node is not None else ()

    def tested_index(self, tested: Span) -> tuple[bool, list[Place]] | None:
        node = self.program.expressions.get(tested)
        declared = ordinals.counted(self.program, node) if node is not None else None
        if node is None or declared is None:
            return None
        sinks = [self._place(sink) for sink in ordinals.sinks(node, ordinals.when_true(self.program, node))]
        return (declared, sinks) if sinks else None

    def ignored_parameters(self, name: Span) -> tuple[Ignored, ...]:
        function = self.program.defined_at(name)
        found = choices.unread(function, self.project.index) if function is not None else ()
        if function is None or not found:
            return ()
        return tuple(self._ignored(function, parameter.arg) for parameter in found)

    def _ignored(self, function: Function, parameter: str) -> Ignored:
        unit = self.program.unit_of(function)
        traces = {world: self.trace(unit, world) for world in self.worlds}
        instead = {world: neglect.computed_on(function, parameter, trace) for world, trace in traces.items()}
        return Ignored(parameter, {world: device for world, device in instead.items() if device is not None})

    def ignored_option(self, call: Span) -> Ignored | None:
        node = self.program.expressions.get(call)
        name = options.unread(self.program, node) if isinstance(node, ast.Call) else None
        if name is None:
            return None
        traces = {world: [self.trace(unit, world) for unit in self.program.units] for world in self.worlds}
        instead = {world: neglect.trained_on(self.program, found) for world, found in traces.items()}
        return Ignored(name, {world: device for world, device in instead.items() if device is not None})

    def left_to_default(self, default: Span, worlds: Collection[World]) -> dict[World, tuple[Place, ...]]:
        node = self.program.expressions.get(default)
        owned = defaults.parameter_of(self.program, node) if node is not None else None
        if node is None or owned is None or not defaults.is_device(node, *owned):
            return {}
        if not defaults.is_taken_as_it_is(*owned):
            return {}
        if defaults.is_offered(self.project.index, owned[0]):
            return dict.fromkeys(worlds, ())
        found = {world: defaults.relying(self.project.runs(world), *owned) for world in worlds}
        return {
            world: tuple(call.program.source.place(*call.program.span(call.node)) for call in calls)
            for world, calls in found.items()
            if calls
        }

    @cached_property
    def asks_hardware(self) -> bool:
        return defaults.asks(self.program)

    def dropped_choice(self, target: Span) -> Place | None:
        node = self.program.expressions.get(target)
        found = choices.dropped(self.program, node) if node is not None else None
        return None if found is None else self._place(found)

    def swallowed_by(self, call: Span, keyword: str) -> Place | None:
        node = self.program.expressions.get(call)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        method = swallowed.swallowing(self.project.index, self.program, node.func.attr, keyword)
        return None if method is None or method.node.args.kwarg is None else self._place(method.node.args.kwarg)

    def failures(self, call: Span) -> tuple[Failure, ...]:
        node = self.program.expressions.get(call)
        if node is None:
            return ()
        return tuple(
            Failure(world, self._place(at), error, visit.guards, visit.caught)
            for world in self.worlds
            for unit in self.program.units
            for at, error, visit in failures.of(self.program, node, self.trace(unit, world), world)
        )
