"""What was tried, told: a line for each repair and what its place did in the worlds, or the same as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from devlint.finding import Finding
from devlint.verify.verdict import Evidence, Played, Verdict

_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """A finding with a fix, and what came of trying it."""

    finding: Finding
    evidence: Evidence


def as_text(trial: Trial) -> str:
    """A line with the verdict, and a table of what the place did in each world before and after."""
    finding, evidence = trial.finding, trial.evidence
    place = finding.place
    lines = [f"{place.path}:{place.line}:{place.column}: {finding.code} {evidence.verdict.value}: {evidence.reason}"]
    if evidence.after:
        rows = [("", "before", "after")]
        rows += [(world, _cell(before), _cell(evidence.after[world])) for world, before in evidence.before.items()]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        lines += [f"    {one:<{widths[0]}}  {two:<{widths[1]}}  {three}".rstrip() for one, two, three in rows]
    return "\n".join(lines) + "\n"


def summary(trials: Sequence[Trial]) -> str:
    """How many repairs there are, and how sure they are."""
    if not trials:
        return "No finding has a fix that could be verified.\n"
    counts = Counter(trial.evidence.verdict for trial in trials)
    verified = counts[Verdict.DERIVED] + counts[Verdict.ASSUMED]
    worlds = dict.fromkeys(world for trial in trials for world in trial.evidence.after)
    parts = [f"{verified} verified" + (f" in {', '.join(worlds)}" if verified else "")]
    if counts[Verdict.DERIVED]:
        parts[0] += f" ({counts[Verdict.DERIVED]} with derived inputs)"
    parts += [f"{counts[verdict]} {verdict.value}" for verdict in (Verdict.CHECKED, Verdict.REFUTED) if counts[verdict]]
    return f"{len(trials)} {'fix' if len(trials) == 1 else 'fixes'}: {'; '.join(parts)}.\n"


def as_json(trials: Sequence[Trial]) -> str:
    """A list of objects: the place, the verdict with its reason, and what happened in each world."""
    return json.dumps([_told(trial) for trial in trials], indent=2) + "\n"


def _told(trial: Trial) -> dict[str, Any]:
    finding, evidence = trial.finding, trial.evidence
    place = finding.place
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "rule": finding.rule,
        "code": finding.code,
        "witness": finding.witness,
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


def _cell(played: Played) -> str:
    text = " ".join(played.text.split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
