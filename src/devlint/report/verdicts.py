"""Verdicts on fixes that were tried, told: a line and a table for each, and a sentence for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from devlint.evidence import Evidence, Played, Verdict
from devlint.finding import Finding
from devlint.report.frame import printable

_WIDTH = 60


def verdict(evidence: Evidence) -> str:
    """The verdict, and why, in one line."""
    return f"{evidence.verdict.value}: {_line(evidence.reason)}"


def table(evidence: Evidence) -> Iterator[str]:
    """What the place did in each world before and after; nothing where it was not tried after."""
    if not evidence.after:
        return
    rows = [("", "before", "after")]
    rows += [(world, _cell(before), _cell(evidence.after[world])) for world, before in evidence.before.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for one, two, three in rows:
        yield f"{one:<{widths[0]}}  {two:<{widths[1]}}  {three}".rstrip()


def _cell(played: Played) -> str:
    text = _line(played.text)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _line(text: str) -> str:
    return printable(" ".join(text.split()))


def trials(findings: Iterable[Finding]) -> str:
    """Every verdict of some findings with its table."""
    return "".join(
        f"{_where(finding)} {verdict(finding.verified)}\n"
        + "".join(f"    {row}\n" for row in table(finding.verified))
        for finding in findings
        if finding.verified
    )  # fmt: skip


def bugs(findings: Iterable[Finding]) -> str:
    """What to report to the authors of devlint: for each of these findings, whose fixes are refuted, what went wrong,
    and the program that shows it."""
    return "".join(
        f"{_where(finding)} {verdict(finding.verified)}\n"
        "    The fix is not applied. This is a bug in devlint: please report it, with this slice of the file:\n"
        + "".join(f"    | {printable(line)}".rstrip() + "\n" for line in finding.verified.slice.splitlines())
        for finding in findings
        if finding.verified
    )


def _where(finding: Finding) -> str:
    place = finding.place
    return f"{place.path}:{place.line}:{place.column}: {finding.code}"


def sentence(findings: Iterable[Finding]) -> str:
    """``9 verified in cuda, cpu (5 with derived inputs); 3 checked``; empty where nothing was tried."""
    tried = [finding.verified for finding in findings if finding.verified]
    if not tried:
        return ""
    counts = Counter(evidence.verdict for evidence in tried)
    verified = [evidence for evidence in tried if evidence.verdict.verified]
    worlds = dict.fromkeys(world for evidence in verified for world in evidence.after)
    derived = f" ({counts[Verdict.DERIVED]} with derived inputs)" if counts[Verdict.DERIVED] else ""
    parts = [f"{len(verified)} verified" + (f" in {', '.join(worlds)}{derived}" if verified else "")]
    parts += [f"{counts[each]} {each.value}" for each in (Verdict.CHECKED, Verdict.REFUTED) if counts[each]]
    return "; ".join(parts)


def as_object(evidence: Evidence) -> dict[str, Any]:
    """A verdict with all that was seen, for programs."""
    return {
        "verdict": evidence.verdict.name.lower(),
        "reason": evidence.reason,
        "assumed": list(evidence.assumed),
        "worlds": {
            world: {"before": _run(before), "after": _run(evidence.after[world]) if world in evidence.after else None}
            for world, before in evidence.before.items()
        },
        "slice": evidence.slice,
    }


def _run(played: Played) -> dict[str, Any]:
    return {"reached": played.reached, "values": dict(played.values), "error": played.error}
