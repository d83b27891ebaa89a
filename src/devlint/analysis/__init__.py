"""What is known about a program in each world, computed over ``ast``; see DESIGN: worlds, and evidence or silence."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Protocol

from devlint.analysis.answer import BackendTest, Guard, Placement, Span, Visit
from devlint.analysis.value import Value
from devlint.finding import Place
from devlint.world import World

__all__ = ["Analysis", "BackendTest", "Guard", "Placement", "Span", "Visit"]


class Analysis(Protocol):
    """The questions that rules may ask of one file, by span."""

    @property
    def worlds(self) -> tuple[World, ...]: ...

    @property
    def exhausted(self) -> bool: ...

    def asking_callers(self, worlds: Collection[str]) -> AbstractContextManager[None]: ...

    def visits(self, span: Span, world: World) -> tuple[Visit, ...]: ...

    def name(self, span: Span) -> str | None: ...

    def placements(self, span: Span) -> tuple[Placement, ...]: ...

    def devices_in_scope(self, span: Span) -> tuple[str, ...]: ...

    def backend_tests(self, span: Span) -> tuple[BackendTest, ...]: ...

    def origin(self, value: Value) -> Place | None: ...

    def spelling(self, name: str) -> str | None: ...

    def feeds(self, span: Span) -> frozenset[str] | None: ...

    def saves_host_data(self, path: Span) -> bool: ...

    def scope(self, offset: int) -> str: ...
