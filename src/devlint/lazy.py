"""The rules of all packs, loaded when the first of them is wanted: where no file can matter, none is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from devlint.loaded import LoadedRule


class LazyRules(Sequence["LoadedRule"]):
    """As ``load_packs`` gives them, which raises its errors when they are."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths

    @property
    def wanted(self) -> bool:
        """Whether they are loaded."""
        return "_rules" in vars(self)

    @cached_property
    def _rules(self) -> tuple[LoadedRule, ...]:
        from devlint.packs import load_packs

        return load_packs(self._paths)

    @overload
    def __getitem__(self, index: int) -> LoadedRule: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LoadedRule, ...]: ...
    def __getitem__(self, index: int | slice) -> LoadedRule | tuple[LoadedRule, ...]:
        return self._rules[index]

    def __iter__(self) -> Iterator[LoadedRule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)
