"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json as _json
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from devlint import __version__
from devlint.finding import Finding, Fix, Place, Related, Safety
from devlint.report import Checked, Report
from devlint.report.verdicts import as_object


def sarif(report: Report) -> str:
    """The findings that are left, as one SARIF log, in ASCII."""
    rules = dict(sorted({finding.code: finding.rule for finding in report.findings}.items()))
    driver = {
        "name": "devlint",
        "version": __version__,
        "rules": [{"id": code, "name": name, "help": {"text": f"devlint rule {name}"}} for code, name in rules.items()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(file, finding, list(rules)) for file, finding in report.by_file()],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _invocation(report: Report) -> dict[str, Any]:
    """Whether all files were looked at, and what is to be said of those that were not."""
    failures = (*report.unreadable, *report.failures)
    return {
        "executionSuccessful": not failures,
        "toolExecutionNotifications": [
            *_notifications("error", failures),
            *_notifications("warning", report.notices),
            *_notifications("note", report.remarks),
        ],
    }


def _notifications(level: str, messages: Iterable[str]) -> list[dict[str, Any]]:
    return [{"level": level, "message": {"text": message}} for message in messages]


def _result(file: Checked, finding: Finding, codes: list[str]) -> dict[str, Any]:
    fixes = [_fix(finding.fix)] if finding.fix is not None and finding.fix.safety is not Safety.DISPLAY else []
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": "note" if finding.pedantic else finding.severity.value,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": _location(finding.place)}],
        "relatedLocations": [_related(number, related) for number, related in enumerate(finding.related)],
        "partialFingerprints": {"devlint/v1": finding.fingerprint(file.from_root)},
        "fixes": fixes,
        "properties": {
            "worlds": {world: outcome.value for world, outcome in finding.worlds.items()},
            "witness": finding.witness or None,
            "because": finding.because and finding.because.value,
            "torch": finding.torch,
            "safety": finding.fix and finding.fix.safety.word,
            "verified": finding.verified and as_object(finding.verified),
        },
    }


def _related(number: int, related: Related) -> dict[str, Any]:
    return {"id": number, "physicalLocation": _location(related.place), "message": {"text": related.message}}


def _location(place: Place) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place.path), "region": _region(place)}


def _artifact(path: str) -> dict[str, Any]:
    return {"uri": quote(os.fsencode(path))}


def _region(place: Place) -> dict[str, Any]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    paths = dict.fromkeys(edit.place.path for edit in fix.edits)
    return {
        "description": {"text": fix.message},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}}
                    for edit in fix.edits
                    if edit.place.path == path
                ],
            }
            for path in paths
        ],
    }
