"""Files that are loaded, paired with what the project saves to files of the same name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import assignments, downloads, paths, reloads, subsystem, uses
from devlint.analysis.answer import Content
from devlint.analysis.contents import Contents
from devlint.analysis.earlier_writes import EarlierWrites
from devlint.analysis.neglect import declares_host
from devlint.analysis.program import Program
from devlint.analysis.supplied import is_supplied, origins
from devlint.analysis.value import ANYWHERE, Choice, Kind, Value

if TYPE_CHECKING:
    from devlint.analysis.project import Project
    from devlint.world import World

#: what writes the files that each of them reads
_WRITERS = {"torch.load": "torch.save", "torch.jit.load": "torch.jit.save"}
#: how many peculiar keys tell a file
_KEYS = 2
_CONTAINERS = (Kind.DICT, Kind.LIST, Kind.TUPLE)


@dataclass(frozen=True, slots=True)
class Save:
    """One ``torch.save(stored, target)``; ``writer`` is the name of what is called, which may be ``torch.jit.save``,
    for a scripted module's own ``stored.save(target)`` too."""

    program: Program
    writer: str
    call: ast.Call
    stored: ast.expr
    target: ast.expr
    names: frozenset[paths.FileName]


class Archives:
    """The files that a project saves with torch."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._saves: dict[Program, tuple[Save, ...]] = {}

    @cached_property
    def _contents(self) -> Contents:
        return Contents(self._project.index)

    def content(
        self, program: Program, load: ast.Call, worlds: tuple[World, ...]
    ) -> tuple[Content, list[tuple[Program, ast.Call]]]:
        """What is in the file that a call loads, with the saves that write something from an accelerator in it."""
        path = load.args[0] if load.args else None
        if path is None:
            return Content.UNKNOWN, []
        names = paths.file_names(self._project, program, path)
        writer = _WRITERS.get(program.name(load.func) or "")
        saves = self._saves_to(program, names, writer) or self._saves_of_keys(program, load, names)
        if reloads.is_collated(program, load) or reloads.is_of_objects(program, load):
            return Content.HOST, []
        if reloads.is_of_this_run(program, load, saves):
            return Content.HOST, []
        if subsystem.hides_cuda(self._project, program) or (names and all(map(paths.is_of_another_format, names))):
            return Content.HOST, []
        if any(EarlierWrites(self._project.runs(world), self._saves_of).include(program, load) for world in worlds[:1]):
            return Content.HOST, []
        if not saves and self._is_among_host_saves(program, load, worlds):
            return Content.HOST, []
        if all(self._is_on_host(save, worlds) for save in saves) and (saves or self._is_among_host_programs(program)):
            return Content.HOST, []
        if downloads.is_published(self._project, program, path, names):
            return Content.PUBLISHED, []
        if not saves and all(self._is_foreign(*one, writer) for one in origins(self._project, program, path)):
            return Content.FOREIGN, []
        found = [(save.program, save.call) for save in saves if self._is_from_accelerator(save, worlds)]
        own = [one for one in found if one[0] is program]  # another program may use the name for a file of its own
        return (Content.ACCELERATOR if found else Content.UNKNOWN), own or found

    def _saves_to(self, program: Program, names: frozenset[paths.FileName], writer: str | None) -> list[Save]:
        """Where the project may save with ``writer`` to a file that is loaded under some names: in the same file by any
        name, beside it by what is written in the name, and elsewhere where that is peculiar."""
        if writer is None:
            return []
        folder = program.from_root.rpartition("/")[0]
        found = []
        for other in dict.fromkeys((program, *self._project.index.saving)):
            beside = other.from_root.rpartition("/")[0] == folder
            for save in (save for save in self._saves_of(other) if save.writer == writer):
                pairs = [(one, two) for one in names for two in save.names if one and two]
                if any(
                    (paths.may_be_same(one, two) and (beside or paths.is_peculiar(one)))
                    or (other is program and paths.are_filled_alike(one, two))
                    for one, two in pairs
                ):
                    found.append(save)
        return found

    def _saves_of_keys(self, program: Program, load: ast.Call, names: frozenset[paths.FileName]) -> list[Save]:
        """Where the project saves what is read of a file by its keys, if its name says nothing: dictionaries that have
        all of them, of which at least two are not what anybody calls a part of a checkpoint."""
        keys = uses.keys_read(program, load)
        says = any(isinstance(piece, str) for name in names for piece in name)
        if says or sum(paths.is_peculiar((key,)) for key in keys) < _KEYS:
            return []
        saves = (save for other in self._project.index.saving for save in self._saves_of(other))
        return [save for save in saves if save.writer == "torch.save" and keys <= _keys(save.program, save.stored)]

    def _is_foreign(self, program: Program, path: ast.expr, writer: str | None) -> bool:
        """Whether a path is written down by a file, where nothing is written to it."""
        names = paths.file_names(self._project, program, path)
        written = all(map(paths.is_written, names)) and not is_supplied(program, path)
        return written and not self._saves_to(program, names, writer)

    def _is_among_host_programs(self, program: Program) -> bool:
        """Whether what is loaded in a file that moves nothing can only be of programs beside it: all of those that save
        anything compute on the CPU by their own word."""
        folder = program.from_root.rpartition("/")[0]
        beside = [other for other in self._project.index.saving if other.from_root.rpartition("/")[0] == folder]
        return (
            bool(beside) and all(map(declares_host, beside)) and program.moves_nothing and not program.handles_devices
        )

    def _is_among_host_saves(self, program: Program, load: ast.Call, worlds: tuple[World, ...]) -> bool:
        """Whether a file handles the files of others, at a path that it is given, and puts into such files only what is
        on the CPU: then what it reads is of its own making, whatever the names of the files are."""
        if not reloads.is_handed_on(program, load):
            return False
        reader = program.unit_at(load)
        own = self._saves_of(program)
        elsewhere = all(program.unit_at(save.call) not in (None, reader) for save in own)
        return bool(own) and elsewhere and all(self._is_on_host(save, worlds) for save in own)

    def _saves_of(self, program: Program) -> tuple[Save, ...]:
        with self._project.grounds.under((program, "saves")):
            if program not in self._saves:
                self._saves[program] = tuple(self._made_by(program))
        return self._saves[program]

    def _made_by(self, program: Program) -> Iterator[Save]:
        for node in program.expressions.values():
            match node:
                case ast.Call(args=[stored, target, *_]) if (writer := program.name(node.func)) in _WRITERS.values():
                    assert writer is not None
                case ast.Call(func=ast.Attribute(value=stored, attr="save"), args=[target]):
                    writer = "torch.jit.save"  # a scripted module's own method
                case _:
                    continue
            yield Save(program, writer, node, stored, target, paths.file_names(self._project, program, target))

    def _is_on_host(self, save: Save, worlds: tuple[World, ...]) -> bool:
        """Whether a save writes nothing from an accelerator in any world."""
        if declares_host(save.program) or self._contents.is_on_host(save.program, save.stored):
            return True
        values = [choice for world in worlds for choice in self._values(save, world)]
        if any(choice.any(lambda value: value.kind in _CONTAINERS) for choice in values):
            if not self._contents.takes_only_host(save.program, save.stored):
                return False  # what is put into a container under a key is no part of its value
        return bool(values) and all(choice.all(_is_on_host) for choice in values)

    def _is_from_accelerator(self, save: Save, worlds: tuple[World, ...]) -> bool:
        """Whether in some world a save surely writes something from an accelerator."""
        return any(choice.any(_is_elsewhere) for world in worlds for choice in self._values(save, world))

    def _values(self, save: Save, world: World) -> list[Choice]:
        trace = self._project.runs(world).informed(save.program, save.program.unit_at(save.call))
        return [visit.value for visit in trace.visits.get(save.stored, ())]


def _keys(program: Program, stored: ast.expr) -> frozenset[str]:
    """The keys of a dictionary that is saved, as far as they are written where it is made."""
    match stored:
        case ast.Dict(keys=keys):
            return frozenset(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return frozenset(keyword.arg for keyword in keywords if keyword.arg is not None)
        case ast.Name():
            made = [one.value for one in assignments.of_name(program, stored)]
            return frozenset().union(*(_keys(program, one) for one in made if isinstance(one, ast.Dict | ast.Call)))
    return frozenset()


def _is_on_host(value: Value) -> bool:
    """Whether nothing in what is saved is, or may be, from an accelerator."""
    if value.kind in _CONTAINERS and value.elements:
        return all(part.all(_is_on_host) for _, part in value.elements)
    if value.is_data or value.kind in _CONTAINERS:
        return value.place == "cpu"
    return value.kind in (Kind.NUMBER, Kind.NDARRAY, Kind.STR, Kind.BOOL, Kind.NONE)


def _is_elsewhere(value: Value) -> bool:
    if value.kind in _CONTAINERS and value.elements:
        return any(part.any(_is_elsewhere) for _, part in value.elements)
    return (value.is_data or value.kind in _CONTAINERS) and value.place not in (None, "cpu", ANYWHERE)
