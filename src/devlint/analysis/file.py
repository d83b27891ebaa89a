"""The analysis of one file: answers questions about spans, world by world, evaluating what they need."""

from __future__ import annotations

import ast
from functools import cached_property

from devlint.analysis import (
    doubles,
    early_reads,
    environment,
    handlers,
    roles,
    subsystem,
    syntax,
    torch_facts,
    uses,
    workers,
)
from devlint.analysis.answer import Archive, Content, Span
from devlint.analysis.choosing import Choosing
from devlint.analysis.keeping import Keeping
from devlint.analysis.project import Project
from devlint.finding import Place
from devlint.source import Source
from devlint.world import World


class FileAnalysis(Keeping, Choosing):
    """Answers about one file, by span."""

    def spelling(self, name: str) -> str | None:
        return self.program.spelling(name)

    def is_imported_before(self, name: str, span: Span) -> bool:
        node = self.program.expressions.get(span)
        return node is not None and self.program.is_imported_before(name, node)

    def feeds(self, span: Span) -> frozenset[str] | None:
        node = self.program.expressions.get(span)
        return uses.feeds(self.program, node) if node is not None else None

    def sinks(self, span: Span) -> frozenset[str]:
        node = self.program.expressions.get(span)
        return uses.sinks(self.program, node) if node is not None else frozenset()

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

    def archive(self, load: Span) -> Archive:
        node = self.program.expressions.get(load)
        if not isinstance(node, ast.Call):
            return Archive(Content.UNKNOWN)
        accelerated = tuple(world for world in self.worlds if world.accelerator)
        content, saves = self.project.archives.content(self.program, node, accelerated)
        return Archive(content, tuple(program.source.place(*program.span(call)) for program, call in saves))

    def is_only_reported(self, span: Span, classes: frozenset[str]) -> bool:
        node = self.program.expressions.get(span)
        return node is not None and handlers.is_only_reported(self.program, node, classes)

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

    @cached_property
    def measures_cuda(self) -> bool:
        return roles.measures_cuda(self.program)

    def is_patched(self, name: str) -> bool:
        return name in self.program.patched

    def is_used(self, package: str) -> bool:
        return self.imports(package) or bool(self.project.index.imports(package))

    def is_stray(self, offset: int) -> bool:
        if self._is_stray:
            return True
        line = self.program.source.place(offset, offset).line
        unit = next((unit for unit in self.program.units if unit is not None and line in unit.lines), None)
        if unit is None:
            return self.project.strays.tries_out(self.program, line)
        return self.project.strays.has_function(unit)

    @cached_property
    def _is_stray(self) -> bool:
        return self.project.strays.has(self.program)

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
