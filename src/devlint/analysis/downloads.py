"""Files that are downloaded: whether everybody gets the same one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from devlint.analysis import assignments
from devlint.analysis.names import last_name, path_of
from devlint.analysis.offers import holders
from devlint.analysis.paths import FileName
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.project import Project

#: functions that bring what somebody published; what ``hf_hub_download`` is told may be anybody's
_DOWNLOADS = frozenset(
    "hf_hub_download snapshot_download cached_download load_file_from_url download_url_to_file cached_download_url "
    "attempt_download_asset".split()
)
_ADDRESSES = frozenset(("url", "repo_id", "model_id"))


#: how ``torch.hub`` wants published files to be called: with the first digits of their SHA-256 (its documentation)
_HASHED = re.compile(r"-[0-9a-f]{8,64}\.pth?$")


def is_published(project: Project, program: Program, path: ast.expr, names: frozenset[FileName]) -> bool:
    """Whether a file of some possible names comes, on every way, from an address that is written in the program, or is
    called as published ones are."""
    if names and all(name and isinstance(name[-1], str) and _HASHED.search(name[-1]) for name in names):
        return True
    values = [one.value for one in assignments.of_name(program, path)] if isinstance(path, ast.Name) else [path]
    calls = [value for value in values if isinstance(value, ast.Call)]
    return len(calls) == len(values) > 0 and all(
        _is_download(program, call) or _is_fetched(project, program, call) for call in calls
    )


def _is_fetched(project: Project, program: Program, call: ast.Call) -> bool:
    """Whether a function of the project is called that downloads: from an address that is written in it, or something
    that the call names."""
    is_named = bool(call.args) and _is_written(program, call.args[0])
    functions = _called(project, program, call)
    return bool(functions) and all(
        (is_named and any(map(_names_download, function.calls)))
        or any(_is_download(function.program, one) for one in function.calls)
        for function in functions
    )


def _names_download(call: ast.Call) -> bool:
    return (last_name(call.func) or "").startswith("download")


def _called(project: Project, program: Program, call: ast.Call) -> list[Function]:
    """The functions of the project that a call means by its name."""
    name = path_of(call.func)
    held = [(program, name), *holders(project, program.name(call.func) or name, program)] if name is not None else []
    return [
        function
        for file, bound in held
        for function in file.functions
        if function.name == bound and function.owner is None and function.outer is None
    ]


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
        case ast.BinOp(left=text, op=ast.Mod()):
            return _is_written(program, text)
        case ast.Dict(values=values):
            return all(isinstance(value, ast.Constant) for value in values)
        case ast.Subscript(value=table):
            return _is_written(program, table)
        case ast.Name():
            found = assignments.of_name(program, address)
            return bool(found) and all(one.value is not None and _is_written(program, one.value) for one in found)
    return False
