"""The effective settings of a folder as something to read: each with the place it came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from devlint.settings import Settings
from devlint.settings.document import display
from devlint.settings.globs import Globs
from devlint.settings.project import root_of, torch_of
from devlint.settings.schema import SETTINGS


class Line(NamedTuple):
    """One setting, as plain data, and where it came from."""

    name: str
    value: Any
    where: str


def lines(settings: Settings, folder: Path, backends: tuple[str, ...] = ()) -> Iterator[Line]:
    """Every setting, then what the project adds to them: its root, the torch versions, the worlds, with those of the
    backends that were discovered in it."""
    for name in SETTINGS:
        if name in ("extend", "torch", "worlds", "targets"):
            continue
        value = getattr(settings, name.replace("-", "_"))
        if value is not None:
            yield Line(name, _plain(value), settings.origins.get(name, "default"))
    root = root_of(folder)
    torch, where = (settings.torch, settings.origins["torch"]) if settings.torch else torch_of(root)
    targets = settings.declared
    if settings.backends is None:
        yield Line("backends", list(backends), "project")
    yield Line("torch", str(torch), where)
    yield Line("targets", list(targets), settings.origins.get("targets", "default"))
    yield Line(
        "worlds",
        [world.name for world in settings.worlds_of(targets, backends)],
        settings.origins.get("worlds", "targets"),
    )
    yield Line("root", display(root), "project")


def as_text(found: Iterator[Line]) -> str:
    """``name = value  # where``, one a line, in the notation of TOML."""
    rows = [(f"{line.name} = {json.dumps(line.value, ensure_ascii=False)}", line.where) for line in found]
    width = min(60, max(len(row) for row, _ in rows))
    return "".join(f"{row:<{width}}  # {where}\n" for row, where in rows)


def as_json(found: Iterator[Line]) -> str:
    """One JSON object: each setting with its value and where it came from."""
    settings = {line.name: {"value": line.value, "from": line.where} for line in found}
    return json.dumps({"version": 1, "settings": settings}, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """A setting as lists, strings and numbers."""
    if isinstance(value, Globs):
        return list(value.lines)
    if isinstance(value, tuple) and value and isinstance(value[0], Globs):
        return [line for globs in value for line in globs.lines]
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return {globs.lines[0]: list(names) for globs, names in value}
    return list(value) if isinstance(value, tuple) else value
