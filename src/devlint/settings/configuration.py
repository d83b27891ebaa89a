"""Finding the settings of each file: the nearest configuration file, what it extends, and the command line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from devlint.error import DevlintError
from devlint.folders import CONFIGURATIONS
from devlint.settings import Settings
from devlint.settings.document import Document, read_document
from devlint.settings.schema import RESETS, SETTINGS, Entry, Layer, layer


class Configuration:
    """Where the settings of files come from.

    ``flags`` are what the command line says, and win over everything; ``file`` replaces the search for a
    configuration file; ``isolated`` leaves configuration files alone. Raises DevlintError for a mistake in ``file``.
    """

    def __init__(self, flags: Layer | None = None, file: Path | None = None, *, isolated: bool = False) -> None:
        #: the configuration files that were not found but named
        self.named: set[Path] = set() if file is None else {file.absolute()}
        self._flags = flags or {}
        self._isolated = isolated
        self._fixed = None if file is None else _read(file)
        self._settings: dict[Path | None, Settings] = {}

    def settings(self, folder: Path) -> Settings:
        """The settings of the files in a folder, an absolute path. Raises DevlintError for a mistake in them."""
        document = self._fixed or (None if self._isolated else find(folder))
        name = None if document is None else document.path
        if name not in self._settings:
            lower = {} if document is None else _extended(document, self.named)
            self._settings[name] = _effective(_over(lower, self._flags))
        return self._settings[name]


@cache
def find(folder: Path) -> Document | None:
    """The configuration nearest to a folder: in it, or in the closest folder above that has one."""
    for name in CONFIGURATIONS:
        if (folder / name).is_file():
            document = read_document(folder / name)
            if document is not None:
                return document
    return None if folder.parent == folder else find(folder.parent)


def _read(file: Path) -> Document:
    document = read_document(file.absolute())
    if document is None:
        raise DevlintError(f"{file}: there is no [tool.devlint] in it")
    return document


def _extended(document: Document, named: set[Path], seen: tuple[Path, ...] = ()) -> Layer:
    """The settings of a document over those of the one that it extends, which goes to those that are ``named``."""
    upper = layer(document)
    if "extend" not in upper:
        return upper
    base, where = upper.pop("extend")
    path = (document.folder / base).resolve()
    seen = (*seen, document.path.resolve())
    if path in seen:
        raise DevlintError(f"{where}: `extend` goes round in a circle: {base} leads back here")
    if not path.is_file():
        raise DevlintError(f"{where}: `extend` names a file that there is not: {base}")
    named.add(path)
    return _over(_extended(_read(path), named, seen), upper)


def _over(lower: Layer, upper: Layer) -> dict[str, Entry]:
    """Two layers as one: the upper one wins, but what joins is joined."""
    dropped = {name for key in upper for name in RESETS.get(key, ())}
    merged = {name: entry for name, entry in lower.items() if name not in dropped}
    for name, (value, where) in upper.items():
        if SETTINGS[name].joins and name in merged:
            below = merged[name]
            joined = below.value | value if isinstance(value, dict) else below.value + value
            merged[name] = Entry(joined, f"{below.where}, {where}")
        else:
            merged[name] = Entry(value, where)
    return merged


def _effective(entries: Layer) -> Settings:
    values = {name.replace("-", "_"): value for name, (value, _) in entries.items()}
    settings = Settings(**values, origins={name: where for name, (_, where) in entries.items()})
    for targets in (settings.declared, *(targets for _, targets in settings.per_path_targets)):
        settings.worlds_of(targets)
    return settings
