"""The repairs of a file, tried together, as they would be applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from devlint.analysis.file import FileAnalysis
from devlint.evidence import Evidence, Verdict
from devlint.finding import Finding, Safety
from devlint.source import Source
from devlint.verify.verification import Verification


def tried(
    verification: Verification,
    findings: Sequence[Finding],
    wanted: Callable[[Finding], bool],
    source: Source,
    analysis: Callable[[], FileAnalysis],
) -> tuple[Finding, ...]:
    """The findings of a file, with what came of trying the fixes that are wanted.

    A fix that is refuted is for display only from then on. Those that were tried with it are tried again without it.
    """
    left = [finding for finding in findings if wanted(finding)]
    came: dict[int, Evidence] = {}
    while left:
        for finding in left:
            others = [other for other in left if other is not finding]
            decided = finding.witness and verification.verify(finding, source, analysis(), others)
            came[id(finding)] = decided or _UNDECIDED
        standing = [finding for finding in left if came[id(finding)].verdict is not Verdict.REFUTED]
        if len(standing) == len(left):
            break
        left = standing
    return tuple(_with(finding, came.get(id(finding))) for finding in findings)


_UNDECIDED = Evidence(Verdict.CHECKED, "no world decides it", {}, {})


def _with(finding: Finding, evidence: Evidence | None) -> Finding:
    refuted = evidence is not None and evidence.verdict is Verdict.REFUTED
    fix = replace(finding.fix, safety=Safety.DISPLAY) if finding.fix is not None and refuted else finding.fix
    return replace(finding, verified=evidence, fix=fix)
