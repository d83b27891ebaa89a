"""Backends that the user may choose instead of torch's accelerator: which ones a project knows, and where it asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from devlint.analysis import lexicon, syntax
from devlint.analysis.answer import BackendTest
from devlint.analysis.definitions import FunctionNode
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.world import BACKENDS

#: ``backend == "openvino"`` and ``backend in ("ipex", "openvino")``, up to the quote before the name
_COMPARED = re.compile(rb"(\w+)[\"'\])]*(?:\.lower\(\))?\s*(?:[!=]=|(?:not\s+)?in\s*[(\[{][^)\]}\n]*?)\s*[\"']$")
#: how far before its name the comparison with a backend begins at most
_REACH = 120


def known(texts: Iterable[bytes]) -> tuple[str, ...]:
    """The backends of the table that some of the texts choose between, in its order: they compare a value that says
    which backend computes with the name, or have a switch for it."""
    found: set[str] = set()
    for text in texts:
        found.update(name for name in BACKENDS.keys() - found if _chooses(text, name))
        if len(found) == len(BACKENDS):
            break
    return tuple(name for name in BACKENDS if name in found)


def _chooses(text: bytes, name: str) -> bool:
    if name.encode() not in text:
        return False
    switches = re.findall(rb"\b\w*%s\b" % name.encode(), text)
    quoted = re.finditer(rb"(?<=[\"'])%s(?=[\"'])" % name.encode(), text)
    return any(lexicon.switched_backend(switch.decode(errors="replace")) == name for switch in switches) or any(
        (compared := _COMPARED.search(text[max(0, match.start() - _REACH) : match.start()])) is not None
        and lexicon.names_backend(compared[1].decode(errors="replace"))
        for match in quoted
    )


def tests(program: Program, node: ast.AST) -> Iterator[BackendTest]:
    """Where the function around a node, or the module level, asks which backend was chosen, in the order of the
    text."""
    around: ast.AST = node
    while not isinstance(around, (FunctionNode, ast.Module)):
        around = program.parents[around]
    asked = (test for inner in _inside(around) if (test := _test(program, inner)) is not None)
    yield from sorted(asked, key=lambda test: test.span)


def _inside(around: ast.AST) -> Iterator[ast.expr]:
    pending = list(syntax.children(around))
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.expr):
            yield node
        pending.extend(syntax.children(node))


def _test(program: Program, node: ast.expr) -> BackendTest | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) if backend := lexicon.switched_backend(name):
            asked = ast.unparse(node)
            return BackendTest(backend, program.span(node), asked, f"not {asked}")
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=str(name)) as text]):
            if name in BACKENDS and lexicon.names_backend(last_name(left) or ""):
                spelling = program.source.text[slice(*program.span(text))]
                asked = ast.unparse(left)
                return BackendTest(name, program.span(node), f"{asked} == {spelling}", f"{asked} != {spelling}")
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple() | ast.List() as names]):
            named = [part.value for part in names.elts if isinstance(part, ast.Constant) and part.value in BACKENDS]
            if named and lexicon.names_backend(last_name(left) or ""):
                listed = program.source.text[slice(*program.span(names))]
                asked = ast.unparse(left)
                return BackendTest(
                    str(named[0]), program.span(node), f"{asked} in {listed}", f"{asked} not in {listed}"
                )
    return None
