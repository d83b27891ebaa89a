"""One cause, one finding: what a rule finds several times in a function for the same reason is told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from devlint.finding import Finding, Fix, Related


def grouped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in order, each cause as the first of its places; the others are related to it, and its fix repairs
    all of them. What has no fix is not told with what has one."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        found.setdefault(_key(finding), []).append(finding)
    return tuple(sorted(map(_one, found.values()), key=lambda finding: finding.sort_key))


def _key(finding: Finding) -> tuple[object, ...]:
    if not finding.cause:
        return finding.place, finding.code, finding.message
    told = finding.severity, finding.pedantic, tuple(finding.worlds.items())
    return finding.place.path, finding.code, finding.scope, finding.cause, told, finding.fix and finding.fix.message


def _one(findings: Sequence[Finding]) -> Finding:
    first, *others = findings
    if not others:
        return first
    again = [Related(other.place, "and here", same_cause=True) for other in others]
    related = dict.fromkeys([*(one for finding in findings for one in finding.related), *again])
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    fix = None
    if fixes:
        edits = dict.fromkeys(edit for one in fixes for edit in one.edits)
        fix = Fix(max(one.safety for one in fixes), fixes[0].message, tuple(edits))
    ends = sorted({place for finding in findings for place in finding.ends})
    return replace(first, related=tuple(sorted(related)), fix=fix, ends=tuple(ends))
