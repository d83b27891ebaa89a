"""The contract that rule packs are written against.

A rule is a folder. Its ``__init__.py`` holds ``RULE = Rule(...)``, its ``rule.py`` one function::

    def check(node: cst.Call, context: Context) -> Iterator[Finding]:
        match node:
            case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("numpy")), args=[]):
                ...
                yield context.report(node, "...", worlds=..., because=...)

The annotation of ``node`` (a class, or several joined by ``|``) says which nodes the check is given. Everything about
flow, worlds and values is asked of ``context``; a rule walks nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devlint.analysis.answer import (
    HARDWARE_GUARDS,
    Archive,
    BackendTest,
    Content,
    Failure,
    Guard,
    Halving,
    Ignored,
    LateMove,
    Mixture,
    Placement,
    Span,
    Visit,
)
from devlint.analysis.value import Choice, Kind, Provenance, Value
from devlint.edits import Edits
from devlint.finding import Because, Edit, Finding, Fix, Outcome, Place, Related, Safety, Severity
from devlint.questions import ALL_GUARDS, HIDDEN, Slice, escapes
from devlint.world import Request, VersionRange, World

if TYPE_CHECKING:
    import libcst as cst

    from devlint.analysis import Analysis
    from devlint.source import Source

Scope = Literal["statement", "class", "module", "project"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says of itself. Its name is its folder's, with hyphens; its summary the first line of its README.

    ``triggers`` are literals, any of which must stand in a statement, outside comments and strings (a trigger that
    begins with a quote is looked for in strings); ``scope`` is what the check must be given; ``default`` whether it
    runs when nothing is selected; ``targets`` are those beyond the default ones that its examples are about.
    """

    code: str
    since: str
    severity: Literal["error", "warning"]
    stability: Literal["stable", "preview", "deprecated"]
    triggers: tuple[str, ...]
    scope: Scope = "statement"
    default: bool = True
    targets: tuple[str, ...] = ()


class Context(Edits):
    """What a rule may ask of one file, and how it says what it found."""

    def __init__(
        self, rule: Rule, name: str, source: Source, analysis: Analysis, slice: Slice, torch: VersionRange
    ) -> None:
        self._rule, self._name = rule, name
        super().__init__(source, analysis, slice, torch)

    def report(
        self,
        node: cst.CSTNode,
        message: str,
        *,
        worlds: Mapping[World, Outcome],
        because: Because = Because.DERIVED,
        severity: Severity | None = None,
        torch: VersionRange | None = None,
        related: Iterable[Related] = (),
        help: str = "",
        fix: Fix | None = None,
        pedantic: bool = False,
        cause: str = "",
        ends: Iterable[Place] = (),
    ) -> Finding:
        """A finding at ``node``. ``worlds`` are those in which it goes wrong, at least one; every other world that
        reaches the node is recorded as fine, and the first bad one in declared order is the witness. ``pedantic`` is
        for what is possible and unproved: it is shown on demand only. What has the same ``cause`` in one function is
        told once; ``ends`` are the places at which what crashes does so, whatever the program is given."""
        reached = self.reached(node, silent=frozenset())
        outcomes = {
            world.name: worlds.get(world, Outcome.FINE) for world in self.worlds if world in worlds or world in reached
        }
        start, _ = self.span(node)
        place = self.place(node)
        return Finding(
            rule=self._name,
            code=self._rule.code,
            place=place,
            severity=severity or Severity(self._rule.severity),
            message=message,
            worlds=outcomes,
            witness=next(name for name, outcome in outcomes.items() if outcome is not Outcome.FINE),
            because=because,
            torch=None if torch is None else str(torch),
            help=help,
            related=tuple(related),
            fix=fix,
            pedantic=pedantic,
            scope=self._analysis.scope(start),
            context=self._source.line(place.line),
            cause=cause,
            ends=tuple(ends),
        )


__all__ = [
    "ALL_GUARDS", "HARDWARE_GUARDS", "HIDDEN", "Archive", "BackendTest", "Because", "Choice", "Content", "Context",
    "Edit", "Failure", "Finding", "Fix", "Guard", "Halving", "Ignored", "Iterable", "Iterator", "Kind", "LateMove",
    "Mixture", "Outcome", "Place", "Placement", "Provenance", "Related", "Request", "Rule", "Safety", "Severity",
    "Slice", "Span", "Value", "VersionRange", "Visit", "World", "escapes",
]  # fmt: skip
