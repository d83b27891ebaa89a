"""Answers about modules: what they keep, and what moves with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import attributes, containers, optimizers
from devlint.analysis.answer import Guard, LateMove, Span
from devlint.analysis.placing import Placing
from devlint.finding import Place
from devlint.world import World


class Keeping(Placing):
    """Answers about the attributes of modules and the state of optimizers, by span."""

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
