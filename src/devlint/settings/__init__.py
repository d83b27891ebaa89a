"""What holds for a file: which rules, in which worlds, and who said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devlint.error import DevlintError, did_you_mean
from devlint.folders import DEFAULT_EXCLUDE
from devlint.settings.globs import Globs
from devlint.settings.schema import PathTable, Written, written
from devlint.world import BACKENDS, DEFAULT_TARGETS, TARGETS, VersionRange, World, worlds_of

_DEFAULT_EXCLUDE = Globs(tuple(sorted(DEFAULT_EXCLUDE)))


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of the files in one folder.

    Names of rules and targets are ``Written``: they know where they stand, so that a mistake can be pointed at.
    ``torch`` and ``backends`` are None when the project is to be asked, and ``cache_dir`` when nobody named one.
    ``origins`` says of each setting, by its key in the configuration file, where it came from.
    """

    targets: tuple[Written, ...] = ()
    worlds: Mapping[str, World] = field(default_factory=dict)
    torch: VersionRange | None = None
    backends: tuple[Written, ...] | None = None
    select: tuple[Written, ...] = ()
    extend_select: tuple[Written, ...] = ()
    ignore: tuple[Written, ...] = ()
    exclude: tuple[Globs, ...] = (_DEFAULT_EXCLUDE,)
    extend_exclude: tuple[Globs, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    per_file_ignores: PathTable = ()
    per_path_targets: PathTable = ()
    require_reason: bool = False
    pedantic: bool = False
    cache_dir: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[str, ...]:
        """The declared targets; without any, the default ones and the project's own worlds."""
        return self.targets or (*DEFAULT_TARGETS, *self.worlds)

    @property
    def words(self) -> tuple[Written, ...]:
        """Every word that stands for rules."""
        ignored_somewhere = (word for _, words in self.per_file_ignores for word in words)
        return (*self.select, *self.extend_select, *self.ignore, *ignored_somewhere)

    @property
    def excluded(self) -> tuple[Globs, ...]:
        return (*self.exclude, *self.extend_exclude)

    def targets_of(self, path: Path) -> tuple[str, ...]:
        """The targets that one file is for: those of the last pattern of ``per-path-targets`` that takes it in."""
        return self._by_path(path) or self.declared

    def declares_targets(self, path: Path) -> bool:
        """Whether anybody says which targets one file is for."""
        return bool(self.targets or self._by_path(path))

    def _by_path(self, path: Path) -> tuple[Written, ...]:
        found = [targets for globs, targets in self.per_path_targets if globs.match(path)]
        return found[-1] if found else ()

    def ignored_in(self, path: Path) -> tuple[Written, ...]:
        """The rules that ``per-file-ignores`` switches off in one file."""
        return tuple(name for globs, names in self.per_file_ignores if globs.match(path) for name in names)

    def worlds_of(self, targets: tuple[str, ...], discovered: tuple[str, ...] = ()) -> tuple[World, ...]:
        """The worlds of some targets, with those of the backends that were discovered in the project, unless the
        settings say which there are.

        Raises DevlintError, with the place, for a target or a backend that there is not.
        """
        backends = discovered if self.backends is None else tuple(self.backends)
        for backend in self.backends or ():
            if backend not in BACKENDS:
                hint = did_you_mean(backend, BACKENDS) or f"backends: {', '.join(BACKENDS)}"
                raise DevlintError(f"{written(backend)}: unknown backend `{backend}`", hint)
        own: dict[str, tuple[World, ...]] = {name: (world,) for name, world in self.worlds.items()}
        for target in targets:
            if target not in TARGETS and target not in own:
                hint = did_you_mean(target, [*TARGETS, *own]) or f"targets: {', '.join([*TARGETS, *own])}"
                raise DevlintError(f"{written(target)}: unknown target `{target}`", hint)
        return worlds_of(targets, own, backends)
