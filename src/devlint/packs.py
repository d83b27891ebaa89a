"""Rule packs: packages named by an installed distribution, and folders named on the command line.

A distribution offers a pack in its entry points, and devlint's own rules come in the same way::

    [project.entry-points."devlint.rules"]
    mine = "my_rules"

Entry points are read from the files themselves: ``importlib.metadata`` costs fifteen times as much.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from zlib import crc32

from devlint.error import DevlintError
from devlint.loaded import LoadedRule
from devlint.rule import Rule

GROUP = "devlint.rules"

__all__ = ["GROUP", "LoadedRule", "load_packs"]


def load_packs(rule_paths: Sequence[Path | str] = ()) -> tuple[LoadedRule, ...]:
    """Every rule of every installed pack and of the folders named in ``rule_paths``, in the order of their codes.

    Raises DevlintError for a pack or folder that is not there, a rule folder without a ``RULE``, and a name or code
    that is taken twice.
    """
    found = [rule for name, package in _entry_points() for rule in _installed(name, package)]
    found.extend(rule for path in rule_paths for rule in _local(Path(path)))
    return tuple(sorted(_unique(found), key=lambda rule: rule.code))


def _unique(rules: list[LoadedRule]) -> list[LoadedRule]:
    taken: dict[str, LoadedRule] = {}
    for rule in rules:
        for word in (rule.name, rule.code):
            other = taken.setdefault(word, rule)
            if other is not rule:
                raise DevlintError(
                    f"{rule.folder}: `{word}` is also a rule in {other.folder}",
                    "give one of them another name and code",
                )
    return rules


def _entry_points() -> Iterator[tuple[str, str]]:
    """Name and package of each pack. What comes first on the path hides the same distribution further down."""
    seen = set()
    for folder in dict.fromkeys(sys.path):
        try:
            names = sorted(os.listdir(folder or "."))
        except OSError:  # not a folder, or not there
            continue
        for name in names:
            distribution, suffix = os.path.splitext(name)
            distribution = distribution.partition("-")[0].lower()
            if suffix not in (".dist-info", ".egg-info") or distribution in seen:
                continue
            seen.add(distribution)
            yield from _section(os.path.join(folder, name, "entry_points.txt"))


def _section(path: str) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
    except OSError:  # a distribution without entry points
        return
    inside = False
    for line in map(str.strip, lines):
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line:
            name, _, package = line.partition("=")
            yield name.strip(), package.strip()


def _installed(pack: str, package: str) -> Iterator[LoadedRule]:
    try:
        spec = find_spec(package)
    except ImportError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise DevlintError(f"rule pack `{pack}`: there is no package `{package}`", "install the pack again")
    for location in spec.submodule_search_locations:
        for folder in _rule_folders(Path(location)):
            yield _load(folder, pack, f"{package}.{folder.name}")


def _local(path: Path) -> Iterator[LoadedRule]:
    folders = list(_rule_folders(path)) if path.is_dir() else []
    if not folders:
        raise DevlintError(f"{path}: no rule folders here", "a rule folder holds `__init__.py` and `rule.py`")
    package = ModuleType(f"devlint_local_{crc32(bytes(path.resolve())):08x}")
    package.__path__ = [str(path.resolve())]
    sys.modules[package.__name__] = package
    for folder in folders:
        yield _load(folder, str(path), f"{package.__name__}.{folder.name}")


def _rule_folders(path: Path) -> Iterator[Path]:
    for entry in sorted(path.iterdir()):
        if (entry / "__init__.py").exists():
            yield entry


def _load(folder: Path, pack: str, module: str) -> LoadedRule:
    try:
        rule = getattr(import_module(module), "RULE", None)
    except ImportError as error:
        raise DevlintError(f"{folder}: cannot be imported: {error}") from error
    if not isinstance(rule, Rule):
        raise DevlintError(f"{folder / '__init__.py'}:1: no `RULE = Rule(...)`", "see `devlint.rule.Rule`")
    return LoadedRule(folder.name.replace("_", "-"), rule, folder, pack, module)
