"""The analysis of one file: answers questions about spans, world by world, evaluating what they need."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cached_property, partial

from devlint.analysis import (
    archives,
    attributes,
    backends,
    choices,
    containers,
    defaults,
    doubles,
    early_reads,
    environment,
    failures,
    neglect,
    optimizers,
    options,
    ordinals,
    precision,
    roles,
    scope,
    subsystem,
    swallowed,
    syntax,
    torch_facts,
    uses,
    workers,
)
from devlint.analysis.answer import (
    BackendTest,
    Failure,
    Guard,
    Halving,
    Ignored,
    LateMove,
    Mixture,
    Placement,
    Span,
    Visit,
)
from devlint.analysis.definitions import Function
from devlint.analysis.program import Program
from devlint.analysis.project import Project
from devlint.analysis.run import Run
from devlint.analysis.state import Devices
from devlint.analysis.trace import Meeting, Put, Trace
from devlint.analysis.value import Kind, Value
from devlint.finding import Place
from devlint.source import Source
from devlint.world import World


class FileAnalysis:
    """Answers about one file, by span."""

    def __init__(self, program: Program, worlds: tuple[World, ...], project: Project) -> None:
        self.program = program
        self.project = project
        self.worlds = worlds
        self._traces: dict[tuple[Function | None, bool], dict[World, Trace]] = defaultdict(dict)
        #: paths of other files in which something lies that makes a place of this one wrong
        self.causes: set[str] = set()
        #: worlds in which callers are asked
        self._asking: frozenset[str] = frozenset()

    def run(self, world: World) -> Run:
        """The file in one world."""
        return self.project.runs(world).of(self.program)

    def trace(self, unit: Function | None, world: World) -> Trace:
        """What evaluating a unit in a world saw; worlds that differ in nothing it asked for share one evaluation."""
        asking = world.name in self._asking
        traces = self._traces[unit, asking]
        if world not in traces:
            runs = self.project.runs(world)
            # what callers have in common does not hang on the build of torch
            less = {"build"} if asking else set()
            shared = (trace for known, trace in traces.items() if _alike(known, world, trace.facets - less))
            found = next(shared, None)
            if found is None:
                found = runs.informed(self.program, unit) if asking else runs.of(self.program).trace(unit)
            traces[world] = found
        return traces[world]

    @contextmanager
    def asking_callers(self, worlds: Collection[str]) -> Iterator[None]:
        """Answer with what the callers of functions say in some worlds, for the sake of a place that would be
        reported there."""
        self._asking = frozenset(worlds)
        try:
            yield
        finally:
            self._asking = frozenset()

    @property
    def exhausted(self) -> bool:
        """Whether some of the file nested too deeply to be looked at in full."""
        return any(self.run(world).exhausted for traces in self._traces.values() for world in traces)

    # -- questions

    def visits(self, span: Span, world: World) -> tuple[Visit, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        unit = self.program.unit_at(node)
        return tuple(self.trace(unit, world).visits.get(node, ()))

    def name(self, span: Span) -> str | None:
        node = self.program.expressions.get(span)
        return self.program.name(node) if node is not None else None

    def placements(self, span: Span) -> tuple[Placement, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        return tuple(
            Placement(world, self._place(put.at), put.device, span, put.guards, put.caught, put.inlined)
            for world in self.worlds
            for put in self._puts_of(node, world)
        )

    def _puts_of(self, node: ast.AST, world: World) -> list[Put]:
        """What is put somewhere in one world by the device that is written down here."""
        found = self._puts(world).get(node, {})
        if world.name not in self._asking:
            return [put for puts in found.values() for put in puts]
        return [put for unit in found for put in self.trace(unit, world).puts if put.device.origin is node]

    def _puts(self, world: World) -> dict[ast.AST, dict[Function | None, list[Put]]]:
        """Everything put on a device in one world, by where the device was written down and by unit."""
        cached = self._placed.get(world)
        if cached is None:
            cached = self._placed[world] = {}
            for unit in self.program.units:
                for put in self.trace(unit, world).puts:
                    assert put.device.origin is not None
                    cached.setdefault(put.device.origin, {}).setdefault(unit, []).append(put)
        return cached

    @cached_property
    def _placed(self) -> dict[World, dict[ast.AST, dict[Function | None, list[Put]]]]:
        return {}

    def halvings(self, span: Span) -> tuple[Halving, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        self._note_cause(node)
        return tuple(
            Halving(world, program.source.place(*program.span(one.at)), one.value)
            for world in self.worlds
            for program, one in precision.halved_by(
                self.program, node, self.project.runs(world), informed=world.name in self._asking
            )
        )

    def _note_cause(self, call: ast.AST) -> None:
        """Note in which other file a call was chosen to give half precision."""
        for world in self.worlds:
            for root, halved in self.project.runs(world).halvings(self.program, informed=False).items():
                if root not in self.program.parents and any(one.at is call for one in halved):
                    self.causes.add(self.project.place(root).path)

    def mixtures(self, span: Span) -> tuple[Mixture, ...]:
        """Tensors on different devices that meet at an expression, or elsewhere one that was made here."""
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        computing = [world for world in self.worlds if world.device == world.accelerator]
        found = [met for world in computing for met in self._mixed(node, world)]
        # elsewhere the accelerator is there and not chosen: asked about only where something is wrong
        others = [world for world in self.worlds if world.accelerator and world not in computing] if found else []
        return tuple(found + [met for world in others for met in self._mixed(node, world)])

    def _mixed(self, node: ast.AST, world: World) -> Iterator[Mixture]:
        for met in self._meetings_of(node, world):
            at, parameter = self._place(met.at), self._parameter(node, met, world)
            yield Mixture(world, at, met.host, met.other, parameter, met.guards, met.caught, met.inlined, met.late)

    def _parameter(self, node: ast.AST, met: Meeting, world: World) -> str | None:
        """A tensor parameter of the function around a node that the other operand is, or is made from."""
        unit = self.program.unit_at(node)
        if unit is None or met.operand is None or met.operand not in unit.nodes:
            return None
        visits = self.trace(unit, world).visits
        for found in syntax.walk(met.operand):
            if isinstance(found, ast.Name) and found.id in scope.parameters(unit.node):
                values = [value for visit in visits.get(found, ()) for value in visit.value]
                if values and all(value.kind is Kind.TENSOR and value.place == met.other.place for value in values):
                    return found.id
        return None

    def _meetings_of(self, node: ast.AST, world: World) -> list[Meeting]:
        units = self._meetings(world).get(node, ())
        return [met for unit in units for met in self.trace(unit, world).meetings if node in (met.at, met.host.origin)]

    def _meetings(self, world: World) -> dict[ast.AST, set[Function | None]]:
        """Units in which something meets in one world, by where it meets and by where what is on the CPU comes from."""
        cached = self._met.get(world)
        if cached is None:
            cached = self._met[world] = defaultdict(set)
            for unit in self.program.units:
                for met in self.trace(unit, world).meetings:
                    for node in filter(None, (met.at, met.host.origin)):
                        cached[node].add(unit)
        return cached

    @cached_property
    def _met(self) -> dict[World, dict[ast.AST, set[Function | None]]]:
        return {}

    def is_left_behind(self, target: Span) -> bool:
        node = self.program.expressions.get(target)
        unit = self.program.unit_at(node) if node is not None else None
        if not isinstance(node, ast.Attribute) or unit is None or unit.owner is None:
            return False
        subject = self.run(self.worlds[0]).subject(unit)
        if subject is None or node is not attributes.first_binding(unit.owner, node.attr):
            return False
        return attributes.is_left_behind(subject, node.attr, self.project.index)

    def made_on_kept_device(self, target: Span) -> dict[World, list[Place]]:
        node = self.program.expressions.get(target)
        unit = self.program.unit_at(node) if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or unit is None or unit.owner is None:
            return {}
        calls = attributes.made_by(unit.owner, node)
        if not calls or not self.is_left_behind(target):
            return {}
        found: dict[World, list[Place]] = {}
        for world in (world for world in self.worlds if world.device == world.accelerator):
            for call in calls:
                visits = self.trace(self.program.unit_at(call), world).visits.get(call, ())
                if any(not visit.guards & {Guard.DEVICE, Guard.DATA, Guard.EXPORT} for visit in visits):
                    found.setdefault(world, []).append(self._place(call))
        return found

    def keeps_weights(self, target: Span) -> bool:
        node = self.program.expressions.get(target)
        unit = self.program.unit_at(node) if isinstance(node, ast.Attribute) else None
        subject = self.run(self.worlds[0]).subject(unit) if unit is not None else None
        if not isinstance(node, ast.Attribute) or subject is None or not subject.module:
            return False
        return containers.keeps_weights(subject, node)

    def makes_weights(self, call: Span) -> bool:
        node = self.program.expressions.get(call)
        unit = self.program.unit_at(node) if node is not None else None
        subject = self.run(self.worlds[0]).subject(unit) if unit is not None else None
        if node is None or unit is None or subject is None or not subject.module or unit.name != "forward":
            return False
        match self.program.parents[node]:
            case ast.Assign(targets=targets) if not all(isinstance(target, ast.Name) for target in targets):
                return False  # kept for the next call
        return containers.has_weights(subject, node, containers.DEPTH)

    def is_plainly_kept(self, target: Span) -> bool:
        node = self.program.expressions.get(target)
        unit = self.program.unit_at(node) if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or unit is None or unit.owner is None:
            return False
        return attributes.is_plainly_kept(unit.owner, node)

    def is_read_where_it_meets(self, target: Span) -> bool:
        node = self.program.expressions.get(target)
        unit = self.program.unit_at(node) if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or unit is None or unit.owner is None:
            return False
        met = {met.at for world in self.worlds if world.accelerator for met in self._meetings_of(node, world)}
        return attributes.is_read_only_in(unit.owner, node.attr, met, self.project.index)

    def devices_in_scope(self, span: Span) -> tuple[str, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        held = {world: found for world in self.worlds if (found := self._devices(node, world)) is not None}
        return tuple(
            path
            for path in next(iter(held.values()), {})
            if all(_has_all(world, devices.get(path)) for world, devices in held.items())
            and any(devices[path] != {"cpu"} for devices in held.values())
        )

    def devices_in(self, span: Span, world: World) -> Devices:
        node = self.program.expressions.get(span)
        return (self._devices(node, world) if node is not None else None) or {}

    def _devices(self, node: ast.expr, world: World) -> Devices | None:
        """What holds a device where an expression stands, the nearest first: names of the function, attributes of the
        instance, the device of a tensor parameter, names of the module. None where control does not get."""
        unit, run = self.program.unit_at(node), self.run(world)
        near = self.trace(unit, world).devices.get(self.program.statement_lines[node])
        if near is None:
            return None
        around = run.devices(unit) if unit is not None else {}
        hidden = scope.bound_between(self.program.parents, node)
        return {path: (around | near)[path] for path in (*near, *around) if path.partition(".")[0] not in hidden}

    def late_moves(self, optimizer: Span) -> tuple[LateMove, ...]:
        node = self.program.expressions.get(optimizer)
        if not isinstance(node, ast.Call):
            return ()
        return tuple(
            late
            for module in optimizers.weighed(self.program, node)
            for move in optimizers.later_moves(self.program, node, module)
            for world in self.worlds
            for late in self._late(node, module, move, world)
        )

    def _late(self, made: ast.Call, module: ast.expr, move: ast.Call, world: World) -> Iterator[LateMove]:
        visits = self.trace(self.program.unit_at(made), world).visits
        on_host = all(value.place in ("cpu", None) for visit in visits.get(module, ()) for value in visit.value)
        for visit in visits.get(move, ())[:1] if on_host and made in visits else ():
            if world.accelerator and visit.value.any(lambda v: v.is_data and v.place == world.accelerator):
                text = self.program.source.text[slice(*self.program.span(move))]
                beside = optimizers.are_beside(self.program, made, move)
                yield LateMove(world, self._place(move), text if beside else None, visit.guards)

    def backend_tests(self, span: Span) -> tuple[BackendTest, ...]:
        node = self.program.expressions.get(span)
        return tuple(backends.tests(self.program, node)) if node is not None else ()

    def origin(self, value: Value) -> Place | None:
        return self._place(value.origin) if value.origin is not None else None

    def _place(self, node: ast.AST) -> Place:
        """Where a node of this file, or of one that it uses, stands."""
        if node in self.program.parents:
            return self.program.source.place(*self.program.span(node))
        return self.project.place(node)

    def spelling(self, name: str) -> str | None:
        return self.program.spelling(name)

    def is_imported_before(self, name: str, span: Span) -> bool:
        node = self.program.expressions.get(span)
        return node is not None and self.program.is_imported_before(name, node)

    def feeds(self, span: Span) -> frozenset[str] | None:
        node = self.program.expressions.get(span)
        return uses.feeds(self.program, node) if node is not None else None

    def is_read_again(self, span: Span) -> bool:
        node = self.program.expressions.get(span)
        return node is None or uses.is_read_again(self.program, node)

    def is_local(self, span: Span) -> bool:
        node = self.program.expressions.get(span)
        return node is not None and uses.is_local(self.program, node)

    def early_read(self, copy: Span, accelerator: str) -> Place | None:
        node = self.program.expressions.get(copy)
        read = early_reads.early_read(self.program, node, accelerator) if node is not None else None
        return None if read is None else self._place(read)

    def default_device(self, world: World) -> str | None:
        if not self.program.sets_default_device:
            return None
        for node in syntax.walk(self.program.tree):
            if isinstance(node, ast.Call) and node.args and self.program.name(node.func) in torch_facts.DEFAULTS:
                for visit in self.visits(self.program.span(node.args[0]), world):
                    named = (self.program.name(node.args[0]) or str(visit.value.const)).startswith("torch.cuda.")
                    place = "cuda" if named else visit.value.only.place
                    if place is not None and not visit.guards:
                        return place
        return None

    def is_double(self, span: Span) -> bool:
        node = self.program.expressions.get(span)
        return node is not None and doubles.is_double(self.program, node)

    def placed_by_worker(self, loader: Span, world: World) -> Place | None:
        node = self.program.expressions.get(loader)
        if not isinstance(node, ast.Call) or world.accelerator is None:
            return None
        found = workers.placed_by_worker(self.project.runs(world), self.program, node)
        return None if found is None else self._place(found)

    def is_entered(self, world: World) -> bool:
        behind = roles.of_path(self.program.from_root)
        if behind or not subsystem.falls_back(self.program):
            return False
        return not subsystem.entrance(self.project.runs(world), self.program)

    def saves_host_data(self, path: Span) -> bool:
        node = self.program.expressions.get(path)
        if node is None:
            return False
        traces = (partial(self.trace, world=world) for world in self.worlds)
        found = [choice for trace in traces for choice in archives.saved(self.program, trace, node)]
        return bool(found) and all(choice.all(archives.on_host) for choice in found)

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
        if owned is None or not defaults.is_taken_as_it_is(*owned):
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

    def has_method(self, name: str) -> bool:
        found = (*self.program.functions, *self.project.index.definitions(name))
        return any(function.name == name and function.owner is not None for function in found)

    def read_before(self, span: Span, key: str) -> Place | None:
        node = self.program.expressions.get(span)
        found = environment.read_before(self.program, node, key) if node is not None else None
        return None if found is None else self._place(found)

    def speaks_of(self, span: Span, word: str) -> bool:
        node = self.program.expressions.get(span)
        unit = self.program.unit_at(node) if node is not None else None
        return uses.speaks_of(self.program.tree if unit is None else unit.node, word)

    @property
    def misnames_devices(self) -> bool:
        return self.program.misnames_devices

    def is_patched(self, name: str) -> bool:
        return name in self.program.patched

    def is_used(self, package: str) -> bool:
        return self.imports(package) or bool(self.project.index.imports(package))

    def imports(self, package: str) -> bool:
        return any(name.partition(".")[0] == package for name in self.program.aliases.values())

    def scope(self, offset: int) -> str:
        return self.program.scope(self.program.source.place(offset, offset).line)


def analyse(
    source: Source,
    tree: ast.Module,
    worlds: tuple[World, ...],
    project: Project | None = None,
    from_root: str | None = None,
) -> FileAnalysis:
    """Prepare the analysis of a parsed file; nothing is evaluated before a question is asked. ``from_root`` is the
    file's path from the root of its project, by default its own."""
    project = project or Project()
    return FileAnalysis(project.adopt(source, tree, from_root or source.path), worlds, project)


def _alike(one: World, other: World, facets: Collection[str]) -> bool:
    """Whether nothing that was asked of a world tells it from another."""
    same = one.accelerator == other.accelerator and one.device == other.device
    return same and all(getattr(one, facet) == getattr(other, facet) for facet in facets)


def _has_all(world: World, places: frozenset[str] | None) -> bool:
    return places is not None and all(map(world.has, places))
