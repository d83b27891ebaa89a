"""Answers about devices: what is put on one, what meets on different ones, and what holds one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from devlint.analysis import lexicon, precision, scope, syntax
from devlint.analysis.answer import Halving, Mixture, Placement, Span
from devlint.analysis.definitions import Function
from devlint.analysis.evaluation import Evaluation
from devlint.analysis.state import Devices
from devlint.analysis.trace import Meeting, Put
from devlint.analysis.value import Kind
from devlint.world import World


class Placing(Evaluation):
    """Answers about the devices of values, by span."""

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
            if isinstance(found, ast.Name) and found.id in unit.given:
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

    def devices_in_scope(self, span: Span) -> tuple[str, ...]:
        node = self.program.expressions.get(span)
        if node is None:
            return ()
        held = {world: found for world in self.worlds if (found := self._devices(node, world)) is not None}
        asked = _asked_by_default(self.program.unit_at(node))
        return tuple(
            path
            for path in next(iter(held.values()), {})
            if all(_has_all(world, devices.get(path)) for world, devices in held.items())
            and any(devices[path] != {"cpu"} for devices in held.values())
            and path not in asked
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


def _asked_by_default(unit: Function | None) -> set[str]:
    """The parameters of other names that ask for CUDA where they are left out, and the names that a function binds to a
    device by comparing one: ``torch.device("cuda") if backend == "cuda" else "cpu"``."""
    if unit is None:
        return set()
    asking = {
        one.arg
        for one, default in unit.defaults.items()
        if getattr(default, "value", None) == "cuda" and not lexicon.names_device(one.arg)
    }
    choices = (node for node in unit.nodes if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp))
    asked = (node for node in choices if asking & {one.id for one in ast.walk(node) if isinstance(one, ast.Name)})
    return asking | {ast.unparse(target) for node in asked for target in node.targets}


def _has_all(world: World, places: frozenset[str] | None) -> bool:
    return places is not None and all(map(world.has, places))
