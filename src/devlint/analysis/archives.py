"""Files that are loaded, paired with what the project saves to files of the same name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from devlint.analysis import assignments, paths, syntax
from devlint.analysis.contents import Contents
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.value import ANYWHERE, Choice, Kind, Value

if TYPE_CHECKING:
    from devlint.analysis.project import Project
    from devlint.world import World

#: functions that bring what somebody published; what ``hf_hub_download`` is told may be anybody's
_DOWNLOADS = frozenset(
    "hf_hub_download snapshot_download cached_download load_file_from_url download_url_to_file cached_download_url "
    "attempt_download_asset".split()
)
_ADDRESSES = frozenset(("url", "repo_id", "model_id"))
#: what ends in the bytes of another process of the same program: a tensor that was sent, the output of a child
_SENT = frozenset("numpy tobytes getvalue getbuffer stdout recv recv_bytes tolist".split())
_CONTAINERS = (Kind.DICT, Kind.LIST, Kind.TUPLE)


@dataclass(frozen=True, slots=True)
class Save:
    """One ``torch.save(stored, target)``."""

    program: Program
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

    def saves_to(self, program: Program, path: ast.expr) -> list[Save]:
        """Where the project may save to the file that is loaded from a path: in the same file by any name, beside it
        by what is written in the name, and elsewhere where that is peculiar."""
        names = paths.file_names(program, path)
        folder = program.from_root.rpartition("/")[0]
        found = []
        for other in dict.fromkeys((program, *self._project.index.saving)):
            beside = other.from_root.rpartition("/")[0] == folder
            for save in self._saves_of(other):
                pairs = [(one, two) for one in names for two in save.names if one and two]
                if any(
                    (paths.may_be_same(one, two) and (beside or paths.is_peculiar(one)))
                    or (other is program and paths.are_filled_alike(one, two))
                    for one, two in pairs
                ):
                    found.append(save)
        return found

    def _saves_of(self, program: Program) -> tuple[Save, ...]:
        if program not in self._saves:
            self._saves[program] = tuple(_saves(program))
        return self._saves[program]

    def is_on_host(self, save: Save, worlds: tuple[World, ...]) -> bool:
        """Whether a save writes nothing from an accelerator in any world."""
        if self._contents.is_on_host(save.program, save.stored):
            return True
        values = [choice for world in worlds for choice in self._values(save, world)]
        if any(choice.any(lambda value: value.kind in _CONTAINERS) for choice in values):
            if not self._contents.takes_only_host(save.program, save.stored):
                return False  # what is put into a container under a key is no part of its value
        return bool(values) and all(choice.all(_is_on_host) for choice in values)

    def is_from_accelerator(self, save: Save, worlds: tuple[World, ...]) -> bool:
        """Whether in some world a save surely writes something from an accelerator."""
        return any(choice.any(_is_elsewhere) for world in worlds for choice in self._values(save, world))

    def _values(self, save: Save, world: World) -> list[Choice]:
        trace = self._project.runs(world).informed(save.program, save.program.unit_at(save.call))
        return [visit.value for visit in trace.visits.get(save.stored, ())]


def _saves(program: Program) -> Iterator[Save]:
    for node in program.expressions.values():
        match node:
            case ast.Call(args=[stored, target, *_]) if program.name(node.func) == "torch.save":
                yield Save(program, node, stored, target, paths.file_names(program, target))


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


# -- what the same run wrote


def is_of_this_run(program: Program, load: ast.Call, saves: list[Save]) -> bool:
    """Whether what is loaded was written by the same program a moment ago: to memory or to a temporary file, by another
    process of the same job, or by a ``torch.save`` that stands before the load, in its function or in a method that is
    called before its own."""
    path = load.args[0]
    if _is_sent(program, path):
        return True
    for save in saves:
        if save.program is program and program.unit_at(save.call) is program.unit_at(load):
            if save.call.lineno < load.lineno and _is_same(program, path, save) and not _is_optional(save, load):
                return True
    return any(_is_called_before(program, load, save) for save in saves)


def _is_same(program: Program, path: ast.expr, save: Save) -> bool:
    """Whether a path, or the file object at it, is written the same way as that of a save."""
    if ast.dump(path) == ast.dump(save.target):
        return True
    opened, written = _opened(program, path), _opened(program, save.target)
    return opened is not None and written is not None and ast.dump(opened) == ast.dump(written)


def _opened(program: Program, file: ast.expr) -> ast.expr | None:
    """The path at which a file object was opened."""
    values = [one.value for one in assignments.of_name(program, file)] if isinstance(file, ast.Name) else [file]
    match values:
        case [ast.Call(func=ast.Name(id="open"), args=[path, *_])]:
            return path
    return None


def _is_optional(save: Save, load: ast.Call) -> bool:
    """Whether a save is left out in some runs that load all the same: it stands in a branch, asked for by what holds
    throughout a run, that the load does not stand in."""
    parents = save.program.parents
    around = set(_above(parents, load))
    branches = (node for node in _above(parents, save.call) if isinstance(node, ast.If) and node not in around)
    return any(_is_settled(save.program, node.test) for node in branches)


def _is_settled(program: Program, test: ast.expr) -> bool:
    """Whether a condition may be one for the whole run: an option, a mode, the presence of a file; not a comparison of
    what is computed, nor a name that is bound again and again."""
    match test:
        case ast.BoolOp(values=parts):
            return any(_is_settled(program, part) for part in parts)
        case ast.UnaryOp(operand=part):
            return _is_settled(program, part)
        case ast.Name():
            return len(assignments.of_name(program, test)) < 2
        case ast.Compare():
            said = (node for node in syntax.walk(test) if isinstance(node, (ast.Attribute, ast.Constant)))
            return any(isinstance(node, ast.Attribute) or isinstance(node.value, str) for node in said)
    return True


def _above(parents: dict[ast.AST, ast.AST], node: ast.AST) -> Iterator[ast.AST]:
    while (node := parents.get(node)) is not None:  # type: ignore[assignment]
        yield node


def _is_called_before(program: Program, load: ast.Call, save: Save) -> bool:
    """Whether a method of the same class calls the one that saves before the one that loads."""
    reader, writer = program.unit_at(load), program.unit_at(save.call)
    if reader is None or writer is None or reader is writer or reader.owner is None or writer.owner is not reader.owner:
        return False
    if not _is_same(program, load.args[0], save) or isinstance(load.args[0], ast.Name):
        return False  # the path of whoever asks
    for method in reader.owner.methods.values():
        lines = {name: _calls(method.node, name) for name in (reader.name, writer.name)}
        if lines[writer.name] and lines[reader.name] and min(lines[writer.name]) < min(lines[reader.name]):
            return True
    return False


def _calls(body: ast.AST, method: str) -> list[int]:
    calls = (node for node in syntax.walk(body) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == method]


def _is_sent(program: Program, path: ast.expr) -> bool:
    """Whether what is read is the memory that another process of the same program filled."""
    values = [one.value for one in assignments.of_name(program, path)] if isinstance(path, ast.Name) else [path]
    return bool(values) and all(isinstance(value, ast.Call) and _holds_sent(value) for value in values)


def _holds_sent(made: ast.Call) -> bool:
    if last_name(made.func) != "BytesIO" or not made.args:
        return False
    last = made.args[0].func if isinstance(made.args[0], ast.Call) else made.args[0]
    return isinstance(last, ast.Attribute) and last.attr in _SENT


def is_collated(program: Program, load: ast.Call) -> bool:
    """Whether a load makes batches in a worker of a data loader, as a collate function does: on the CPU."""
    around = _above(program.parents, load)
    return any(isinstance(node, ast.keyword) and node.arg == "collate_fn" for node in around)


# -- what is published


def is_published(program: Program, path: ast.expr) -> bool:
    """Whether a file comes, on every way, from an address that is written in the program."""
    values = [one.value for one in assignments.of_name(program, path)] if isinstance(path, ast.Name) else [path]
    return bool(values) and all(isinstance(value, ast.Call) and _is_download(program, value) for value in values)


def _is_download(program: Program, call: ast.Call) -> bool:
    if last_name(call.func) not in _DOWNLOADS:
        return False
    named = [keyword.value for keyword in call.keywords if keyword.arg in _ADDRESSES]
    return any(_is_written(program, address) for address in (*named, *call.args[:1]))


def _is_written(program: Program, address: ast.expr) -> bool:
    """Whether an address is text, or a part of a table of text."""
    match address:
        case ast.Constant(value=str()):
            return True
        case ast.Dict(values=values):
            return all(isinstance(value, ast.Constant) for value in values)
        case ast.Subscript(value=table):
            return _is_written(program, table)
        case ast.Name():
            found = assignments.of_name(program, address)
            return bool(found) and all(one.value is not None and _is_written(program, one.value) for one in found)
    return False
