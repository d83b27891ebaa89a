"""The analysis of one file: answers questions about spans, world by world, evaluating what they need."""

from __future__ import annotations

import ast
from functools import cached_property

from devlint.analysis import archives, scope, uses
from devlint.analysis.answer import Placement, Span, Visit
from devlint.analysis.evaluator import Put
from devlint.analysis.program import Program
from devlint.analysis.project import Project
from devlint.analysis.run import Run
from devlint.analysis.state import Devices
from devlint.analysis.value import Value
from devlint.source import Source
from devlint.world import World


class FileAnalysis:
    """Answers about one file, by span."""

    def __init__(self, program: Program, worlds: tuple[World, ...], project: Project) -> None:
        self.program = program
        self.project = project
        self.worlds = worlds
        self._runs: dict[World, Run] = {}

    def run(self, world: World) -> Run:
        """The run of a world; worlds that differ in nothing the program asked for share one."""
        found = self._runs.get(world)
        if found is None:
            found = self._shared(world) or Run(self.program, self.project, world)
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

    @property
    def exhausted(self) -> bool:
        """Whether some of the file nested too deeply to be looked at in full."""
        return any(run.exhausted for run in self._runs.values())

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
        held = {world: found for world in self.worlds if (found := self._devices(node, world)) is not None}
        return tuple(
            path
            for path in next(iter(held.values()), {})
            if all(_has_all(world, devices.get(path)) for world, devices in held.items())
            and any(devices[path] != {"cpu"} for devices in held.values())
        )

    def _devices(self, node: ast.expr, world: World) -> Devices | None:
        """What holds a device where an expression stands, the nearest first: names of the function, attributes of the
        instance, the device of a tensor parameter, names of the module. None where control does not get."""
        unit, run = self.program.unit_at(node), self.run(world)
        near = run.trace(unit).devices.get(self.program.statement_lines[node])
        if near is None:
            return None
        around = run.devices(unit) if unit is not None else {}
        hidden = scope.bound_between(self.program.parents, node)
        return {path: (around | near)[path] for path in (*near, *around) if path.partition(".")[0] not in hidden}

    def origin(self, value: Value) -> Span | None:
        return self.program.span(value.origin) if value.origin is not None else None

    def spelling(self, name: str) -> str | None:
        return self.program.spelling(name)

    def feeds(self, span: Span) -> frozenset[str] | None:
        node = self.program.expressions.get(span)
        return uses.feeds(self.program, node) if node is not None else None

    def saves_host_data(self, path: Span) -> bool:
        node = self.program.expressions.get(path)
        if node is None:
            return False
        found = [choice for world in self.worlds for choice in archives.saved(self.program, self.run(world), node)]
        return bool(found) and all(choice.all(archives.on_host) for choice in found)

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
    return FileAnalysis(Program(source, tree, from_root or source.path), worlds, project or Project())


def _has_all(world: World, places: frozenset[str] | None) -> bool:
    return places is not None and all(map(world.has, places))
