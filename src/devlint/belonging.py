"""Which findings of a file are about what is for CUDA alone, where nobody declares what the file is to run on.

Who declares targets is told of each place. Others are told once of a program for CUDA alone, and nothing of a place in
one for others that is meant for a GPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from devlint.finding import Finding, Outcome
from devlint.world import World

if TYPE_CHECKING:
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


def promised(
    findings: Sequence[Finding], program: Program, project: Project, worlds: Sequence[World]
) -> tuple[Finding, ...]:
    """The findings of a file, without those at places that their author means for a GPU alone."""
    from devlint.analysis.demands import is_for_gpu

    def is_meant(finding: Finding) -> bool:
        node = program.expression(finding.place)
        lacking = [world for world in worlds if world.name in _bad(finding)]
        if node is None or not lacking or any(world.has("cuda") for world in lacking):
            return False
        return is_for_gpu(project, program, node, lacking)

    return tuple(finding for finding in findings if not is_meant(finding))


def _bad(finding: Finding) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome is not Outcome.FINE}
