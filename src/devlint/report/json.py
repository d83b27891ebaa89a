"""The format for programs, version 1."""

from __future__ import annotations

import json as _json
from typing import Any

from devlint import __version__
from devlint.finding import Edit, Finding, Fix, Place, Related
from devlint.report import Checked, Report
from devlint.report.summary import Count, counts
from devlint.report.verdicts import as_object


def json(report: Report) -> str:
    """The report as one JSON object, in ASCII."""
    failed = len(report.unreadable)
    files = {"checked": len(report.files) - failed, "torch": report.torch, "failed": failed}
    return _document(
        targets=report.targets,
        worlds=report.worlds,
        files=files,
        findings=[_finding(file, finding) for file in report.files for finding in file.findings],
        fixed=[_finding(file, finding) for file in report.files for finding in file.fixed],
    )


def statistics_json(report: Report) -> str:
    """How often each rule found something, as one JSON object."""
    return _document(statistics=[_count(count) for count in counts(report.findings)])


def _document(**fields: Any) -> str:
    return _json.dumps({"version": 1, "devlint": __version__, **fields}, indent=2) + "\n"


def _finding(file: Checked, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "code": finding.code,
        **_place(finding.place),
        "severity": finding.severity.value,
        "message": finding.message,
        "worlds": {world: outcome.value for world, outcome in finding.worlds.items()},
        "witness": finding.witness or None,
        "because": finding.because and finding.because.value,
        "torch": finding.torch,
        "related": [_related(related) for related in finding.related],
        "fix": finding.fix and _fix(finding.fix),
        "verified": finding.verified and as_object(finding.verified),
        "fingerprint": finding.fingerprint(file.from_root),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _related(related: Related) -> dict[str, Any]:
    return {**_place(related.place), "message": related.message, "same_cause": related.same_cause}


def _fix(fix: Fix) -> dict[str, Any]:
    return {"safety": fix.safety.word, "message": fix.message, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_place(edit.place), "text": edit.text}


def _count(count: Count) -> dict[str, Any]:
    return {"rule": count.rule, "code": count.code, "count": count.found, "safe": count.safe, "unsafe": count.unsafe}
