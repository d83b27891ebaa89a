"""What a path says in the source: the constant pieces of the file's name, and the names of what is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from devlint.analysis import assignments, lexicon
from devlint.analysis.assignments import Assignment
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.project import Project

#: how deep names are followed, and how many possibilities are told apart
_DEPTH, _LIMIT = 8, 6
#: calls that give the path, or an opened file of it, that they are given first
_SAME = frozenset(
    "open str Path PurePath fspath abspath realpath expanduser expandvars normpath resolve absolute as_posix "
    "TextIOWrapper BufferedReader FileIO sorted list glob iglob rglob tqdm".split()
)
_FIELD = re.compile(r"%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")
_WILD = re.compile(r"\*+|\?")
_EXTENSIONS = re.compile(r"(?:\.(?:pth|pt|ckpt|bin|pkl|pickle|tar|th|torch|model|t7|dat|data|pyth|tmp))+$", re.I)
#: letters that a text has to have to say something
_LETTERS = 3
#: what anybody calls the file of a model
_COMMON = frozenset(
    "model models net network best last latest final checkpoint checkpoints ckpt weight weights state dict params "
    "param pretrained saved data file output out the for iter step epoch epochs optimizer optim pytorch torch".split()
)


@dataclass(frozen=True, slots=True)
class Hole:
    """What is filled in: the name of the expression, if it has one, or anything at all (of a wildcard or a format)."""

    name: str | None = None


Piece = str | Hole
#: the last part of a path, without its folders
FileName = tuple[Piece, ...]


def file_names(project: Project, program: Program, path: ast.expr) -> frozenset[FileName]:
    """The names that the file at a path, or an open file, may have."""
    return frozenset(_last_part(pieces) for pieces in _pieces(project, program, path, _DEPTH))


def is_written(name: FileName) -> bool:
    """Whether the program says all of a name: nothing is filled in."""
    return bool(name) and all(isinstance(piece, str) for piece in name)


def is_of_another_format(name: FileName) -> bool:
    """Whether a file is of a format that names no devices, and that ``torch.load`` refuses on every machine."""
    return bool(name) and isinstance(name[-1], str) and name[-1].endswith(".safetensors")


def may_be_same(one: FileName, other: FileName) -> bool:
    """Whether two names mean the same files, as far as their text says; names that say nothing of themselves do not."""
    if len(one) == len(other) and all(map(_fits, one, other)):
        return any(_letters(piece) >= _LETTERS for piece in one)
    return _ends_alike(one, other) and _begins_alike(one, other)


def are_filled_alike(one: FileName, other: FileName) -> bool:
    """Whether two names of one file differ in no text, and what is filled in is called the same."""
    named = any(isinstance(piece, Hole) and piece.name for piece in one)
    return named and len(one) == len(other) and all(map(_is_filled_alike, one, other))


def is_peculiar(name: FileName) -> bool:
    """Whether the text says more than that a model is in the file: what two programs do not both happen to call so."""
    texts = (_EXTENSIONS.sub("", piece) for piece in name if isinstance(piece, str))
    return any(len(word) >= _LETTERS and word not in _COMMON for text in texts for word in lexicon.words(text))


def _fits(one: Piece, other: Piece) -> bool:
    return one == other if isinstance(one, str) or isinstance(other, str) else True


def _is_filled_alike(one: Piece, other: Piece) -> bool:
    """Whether what is filled in has the same name: a wildcard has any."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one.name == other.name or None in (one.name, other.name)


def _letters(piece: Piece) -> int:
    """How much a piece says, the file's type aside."""
    return sum(map(str.isalpha, _EXTENSIONS.sub("", piece))) if isinstance(piece, str) else 0


def _ends_alike(one: FileName, other: FileName) -> bool:
    """Whether the last text of one name is that of the other with something before it, at the boundary of a word."""
    last, longer = one[-1] if one else None, other[-1] if other else None
    if not isinstance(last, str) or not isinstance(longer, str):
        return False
    if len(last) > len(longer):
        last, longer = longer, last
    open_before = isinstance((one if one[-1] is last else other)[0], Hole)
    begins = not last[0].isalnum() or len(last) == len(longer)
    return open_before and begins and longer.endswith(last) and _letters(last) >= _LETTERS


def _begins_alike(one: FileName, other: FileName) -> bool:
    first, second = one[0], other[0]
    if isinstance(first, Hole) or isinstance(second, Hole):
        return True
    return first.startswith(second) or second.startswith(first)


def _last_part(pieces: FileName) -> FileName:
    """What stands after the last separator, with neighbouring texts joined."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            _, slash, piece = piece.replace("\\", "/").rpartition("/")
            if slash:
                found.clear()
            if not piece:
                continue
            if found and isinstance(found[-1], str):
                piece = str(found.pop()) + piece
        found.append(piece)
    return tuple(found)


def _pieces(project: Project, program: Program, node: ast.expr, depth: int) -> set[FileName]:
    """The pieces of every text that an expression may be, as far as the file says, and those that it imports from."""
    unknown: set[FileName] = {(Hole(last_name(node)),)}
    if depth <= 0:
        return unknown
    match node:
        case ast.Constant(value=str(text)):
            return {tuple(_filled(text))}
        case ast.JoinedStr(values=parts):
            return _joined(project, program, parts, depth)
        case ast.FormattedValue(value=value):
            return _pieces(project, program, value, depth - 1)
        case ast.BinOp(left=ast.Constant(value=str()) as left, op=ast.Mod()):
            return _pieces(project, program, left, depth)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(project, program, (left, right), depth)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined(project, program, (left, ast.Constant("/"), right), depth)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as text, attr="format")):
            return _pieces(project, program, text, depth)
        case ast.Call(func=ast.Attribute(attr="join" | "joinpath"), args=[*parts]) if len(parts) > 1:
            return _pieces(project, program, parts[-1], depth) if not isinstance(parts[-1], ast.Starred) else unknown
        case ast.Call(func=ast.Attribute(value=value, attr="open" | "resolve" | "absolute" | "as_posix"), args=[]):
            return _pieces(project, program, value, depth)
        case ast.Call(func=function, args=[first, *_]) if last_name(function) in _SAME:
            return _pieces(project, program, first, depth)
        case ast.Subscript(value=value, slice=ast.Constant(value=int()) | ast.UnaryOp()):
            return _pieces(project, program, value, depth - 1)
        case ast.IfExp(body=body, orelse=orelse):
            return _pieces(project, program, body, depth - 1) | _pieces(project, program, orelse, depth - 1)
    binder, found = _bound(project, program, node)
    texts = {
        pieces
        for one in found[:_LIMIT]
        if one.value is not None and one.steps in ((), (None,))
        for pieces in _pieces(project, binder, one.value, depth - 1)
    }
    followed = {pieces for pieces in texts if any(isinstance(piece, str) for piece in pieces)}
    return set(sorted(followed, key=repr)[:_LIMIT]) or unknown


def _bound(project: Project, program: Program, node: ast.expr) -> tuple[Program, list[Assignment]]:
    """What a name or an attribute is bound to, and the file that binds it."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            return program, assignments.of_attribute(program.unit_at(node), attribute)
        case ast.Name() if found := assignments.of_name(program, node):
            return program, found
        case ast.Call(func=ast.Name(id=name)):
            return program, _returned(program, name)
        case ast.Name() | ast.Attribute() if (imported := program.name(node)) is not None:
            binder = project.binder(imported, program)
            return (program, []) if binder is None else (binder[0], assignments.of_module(*binder))
    return program, []


def _returned(program: Program, name: str) -> list[Assignment]:
    """What the one function of a file that is called so gives back."""
    named = [one for one in program.functions if one.name == name]
    nodes = named[0].nodes if len(named) == 1 and named[0].owner is None else ()
    return [Assignment(node.value) for node in nodes if isinstance(node, ast.Return) and node.value is not None]


def _joined(project: Project, program: Program, parts: Iterable[ast.expr], depth: int) -> set[FileName]:
    found = (sorted(_pieces(project, program, part, depth - 1), key=repr)[:2] for part in parts)
    return {tuple(piece for pieces in choice for piece in pieces) for choice in _some(product(*found))}


def _some(choices: Iterable[tuple[FileName, ...]]) -> Iterator[tuple[FileName, ...]]:
    return (choice for choice, _ in zip(choices, range(_LIMIT), strict=False))


def _filled(text: str) -> Iterator[Piece]:
    """A text with formats and wildcards taken out."""
    parts = re.split(f"({_FIELD.pattern}|{_WILD.pattern})", text)
    for number, part in enumerate(parts):
        if number % 2:
            yield Hole()
        elif part:
            yield part
