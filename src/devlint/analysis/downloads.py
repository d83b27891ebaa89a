"""Files that are downloaded: whether everybody gets the same one."""

from __future__ import annotations

import ast
import re

from devlint.analysis import assignments
from devlint.analysis.names import last_name
from devlint.analysis.paths import FileName
from devlint.analysis.program import Program

#: functions that bring what somebody published; what ``hf_hub_download`` is told may be anybody's
_DOWNLOADS = frozenset(
    "hf_hub_download snapshot_download cached_download load_file_from_url download_url_to_file cached_download_url "
    "attempt_download_asset".split()
)
_ADDRESSES = frozenset(("url", "repo_id", "model_id"))


#: how ``torch.hub`` wants published files to be called: with the first digits of their SHA-256 (its documentation)
_HASHED = re.compile(r"-[0-9a-f]{8,64}\.pth?$")


def is_published(program: Program, path: ast.expr, names: frozenset[FileName]) -> bool:
    """Whether a file of some possible names comes, on every way, from an address that is written in the program, or is
    called as published ones are."""
    if names and all(name and isinstance(name[-1], str) and _HASHED.search(name[-1]) for name in names):
        return True
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
