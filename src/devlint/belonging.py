"""Which findings of a file belong to another one, where nobody declares what the file is to run on.

Who declares targets is told of each place. Others are told once of a program for CUDA alone, and where control ends,
not of what it would come to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from devlint.analysis.answer import Span
from devlint.finding import Finding, Outcome, Place
from devlint.world import World

if TYPE_CHECKING:
    import ast

    from devlint.analysis.program import Program
    from devlint.analysis.project import Project


def of_program(
    findings: Sequence[Finding], program: Program, project: Project, worlds: Sequence[World]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings of a file, of which those say so that need CUDA in a program for CUDA alone; and the paths of the
    files of that program."""
    lacking = {world.name for world in worlds if not world.has("cuda")}
    needing = [bool(finding.worlds) and _bad(finding) <= lacking for finding in findings]
    part = project.promises.of_cuda_alone(program) if any(needing) else ()
    if not part:
        return tuple(findings), ()
    first, *others = sorted(found.source.path for found in part)
    marked = zip(findings, needing, strict=True)
    return tuple(replace(found, program=first, pedantic=True) if needs else found for found, needs in marked), (
        first,
        *others,
    )


def in_order(findings: Sequence[Finding], program: Program, project: Project) -> tuple[Finding, ...]:
    """The findings of a file, of which each says so that goes wrong only where control ends at another one: before it
    gets there, or in any case right after it."""
    from devlint.analysis.sequence import is_past, leads_to

    ends = [(finding, node) for finding in findings for place in finding.ends if (node := _node(place, program))]

    def is_moot(finding: Finding, node: ast.expr, end: Finding, at: ast.expr) -> bool:
        if end is finding or not _bad(finding) <= _crashing(end):
            return False
        return is_past(program, project.index, at, node) or (not finding.ends and leads_to(program, node, at))

    firsts: list[Place | None] = []
    for finding in findings:
        node = _node(finding.place, program) if finding.worlds else None
        firsts.append(
            next((end.place for end, at in ends if node is not None and is_moot(finding, node, end, at)), None)
        )
    before = {finding.place: first for finding, first in zip(findings, firsts, strict=True) if finding.ends}
    return tuple(replace(finding, behind=_root(first, before)) for finding, first in zip(findings, firsts, strict=True))


def _root(place: Place | None, before: Mapping[Place, Place | None]) -> Place | None:
    """The first of the places that come before one another; None where they go round in a circle."""
    seen: set[Place] = set()
    while place is not None and (earlier := before.get(place)) is not None:
        if place in seen:
            return None
        seen.add(place)
        place = earlier
    return place


def _node(place: Place, program: Program) -> ast.expr | None:
    offset = program.source.offset
    return program.expressions.get(Span(offset(place.line, place.column), offset(place.end_line, place.end_column)))


def _bad(finding: Finding) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome is not Outcome.FINE}


def _crashing(finding: Finding) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome is Outcome.CRASHES}
