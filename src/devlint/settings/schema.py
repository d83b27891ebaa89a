"""What may stand in a configuration file, key by key, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from devlint.error import DevlintError, did_you_mean
from devlint.settings.document import Document, Keys
from devlint.settings.globs import Globs
from devlint.world import DISTRIBUTED, TARGETS, Request, VersionRange, World, worlds_of


class Written(str):
    """A name that somebody wrote, with the place where it stands."""

    __slots__ = ("where",)
    where: str

    @classmethod
    def at(cls, text: str, where: str) -> Written:
        name = cls(text)
        name.where = where
        return name


def written(name: str) -> str:
    """Where a name stands: ``file:line``, the option that says it, or ``default``."""
    return name.where if isinstance(name, Written) else "default"


class Entry(NamedTuple):
    """One setting, read and checked, with the place where it stands."""

    value: Any
    where: str


Layer = Mapping[str, Entry]
PathTable = tuple[tuple[Globs, tuple[Written, ...]], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: what it must be, in words; ``read`` makes the value, ``joins`` adds to lower layers instead of
    replacing them."""

    must_be: str
    fits: Callable[[Any], bool]
    read: Callable[[Document, Keys, Any], Any]
    joins: bool = False


def entry(document: Document, keys: Keys, value: Any, schema: Mapping[str, Key]) -> Entry:
    """Check and read one setting. Raises DevlintError for an unknown key or a value of the wrong type."""
    where = document.where(*keys)
    key = schema.get(keys[-1])
    if key is None:
        raise DevlintError(f"{where}: unknown setting `{'.'.join(keys)}`", did_you_mean(keys[-1], schema))
    if not key.fits(value):
        raise DevlintError(f"{where}: `{'.'.join(keys)}` must be {key.must_be}")
    return Entry(key.read(document, keys, value), where)


def layer(document: Document) -> dict[str, Entry]:
    """Every setting of one document. Raises DevlintError at the first mistake in it."""
    return {name: entry(document, (name,), value, SETTINGS) for name, value in document.table.items()}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_texts, value.values()))


def _is_table_of_tables(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(table, dict) for table in value.values())


def _as_is(document: Document, keys: Keys, value: Any) -> Any:
    return value


def _names(document: Document, keys: Keys, value: list[str]) -> tuple[Written, ...]:
    return tuple(Written.at(name, document.where(*keys, value=name)) for name in value)


def _globs(document: Document, keys: Keys, value: list[str]) -> tuple[Globs, ...]:
    return (Globs(tuple(value), document.folder),)


def _path_table(document: Document, keys: Keys, value: dict[str, list[str]]) -> PathTable:
    return tuple(
        (Globs((pattern,), document.folder), _names(document, (*keys, pattern), names))
        for pattern, names in value.items()
    )


def _folder(document: Document, keys: Keys, value: str) -> str:
    return str(document.folder / value)


def _torch(document: Document, keys: Keys, value: str) -> VersionRange:
    try:
        return VersionRange.parse(value)
    except ValueError as error:
        message = f'{document.where(*keys)}: `torch` must be a version range such as ">=2.2,<3", not {value!r}'
        raise DevlintError(message) from error


def _worlds(document: Document, keys: Keys, value: dict[str, dict[str, Any]]) -> dict[str, World]:
    return {name: _world(document, (*keys, name), table) for name, table in value.items()}


def _world(document: Document, keys: Keys, table: dict[str, Any]) -> World:
    """A world of the project's own: its base, and what is different there."""
    name = keys[-1]
    if name in TARGETS:
        raise DevlintError(f"{document.where(*keys)}: `{name}` is a target of devlint's own", "choose another name")
    given = {key: entry(document, (*keys, key), value, WORLD).value for key, value in table.items()}
    known = {world.name: world for world in worlds_of(tuple(TARGETS))}
    base = given.pop("base", "cuda")
    if base not in known:
        message = f"{document.where(*keys, 'base')}: unknown world `{base}`"
        raise DevlintError(message, did_you_mean(base, known) or f"worlds: {', '.join(known)}")
    if device := given.pop("device", None):
        given = {"accelerator": device, "build": device, "distributed": DISTRIBUTED.get(device, "gloo")} | given
    # a vendor's `backend` is that of torch.distributed; any other one computes without torch
    if given.get("backend") in {"gloo", "mpi", "ucc", *DISTRIBUTED.values()}:
        given["distributed"] = given.pop("backend")
    return replace(known[base], name=name, **given)


_TEXT = Key("a string", _is_text, _as_is)
_FLAG = Key("true or false", lambda value: isinstance(value, bool), _as_is)
_NAMES = Key("a list of strings", _is_texts, _names)
_GLOBS = Key("a list of path patterns", _is_texts, _globs)
_PATHS = Key("a table of path patterns, each with a list of names", _is_table_of_texts, _path_table, joins=True)
_COUNT = Key("a count", lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0, _as_is)

#: every key of ``[tool.devlint]``
SETTINGS: Mapping[str, Key] = {
    "extend": _TEXT,
    "targets": _NAMES,
    "worlds": Key("a table of worlds", _is_table_of_tables, _worlds, joins=True),
    "torch": Key('a version range such as ">=2.2"', _is_text, _torch),
    "backends": _NAMES,
    "select": _NAMES,
    "extend-select": replace(_NAMES, joins=True),
    "ignore": replace(_NAMES, joins=True),
    "exclude": _GLOBS,
    "extend-exclude": replace(_GLOBS, joins=True),
    "respect-gitignore": _FLAG,
    "force-exclude": _FLAG,
    "per-file-ignores": _PATHS,
    "per-path-targets": _PATHS,
    "require-reason": _FLAG,
    "pedantic": _FLAG,
    "cache-dir": replace(_TEXT, read=_folder),
}

#: a layer that says the one starts anew with the others
RESETS: Mapping[str, tuple[str, ...]] = {"select": ("extend-select", "ignore"), "targets": ("per-path-targets",)}

#: every key of ``[tool.devlint.worlds.NAME]``
WORLD: Mapping[str, Key] = {
    "base": _TEXT,
    "device": _TEXT,
    "build": _TEXT,
    "module": _TEXT,
    "available": Key("a list of dotted names", _is_texts, lambda document, keys, value: tuple(value)),
    "count": _COUNT,
    "request": Key(
        f"one of {', '.join(request.value for request in Request)}",
        lambda value: value in [request.value for request in Request],
        lambda document, keys, value: Request(value),
    ),
    "index": _COUNT,
    "backend": _TEXT,
    "distributed": _TEXT,
}
