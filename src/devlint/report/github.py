"""Annotations for GitHub Actions, the list for its log, and a table for its step summary."""

from __future__ import annotations

from itertools import islice

from devlint.finding import Finding, Severity
from devlint.report import Report
from devlint.report.concise import concise
from devlint.report.style import Style
from devlint.report.summary import clear, counts, looked_at

#: GitHub shows at most this many errors and as many warnings of one step
LIMIT = 10


def github(report: Report) -> str:
    """Annotations for as many findings as GitHub shows, errors first, then every finding as a line."""
    shown = [
        finding
        for severity in Severity
        for finding in islice((each for each in report.findings if each.severity is severity), LIMIT)
    ]
    annotations = "".join(_annotation(finding) + "\n" for finding in shown)
    if not report.findings:
        return ""
    return f"{annotations}{concise(report, Style())}annotations: shown {len(shown)} of {len(report.findings)}\n"


def step_summary(report: Report) -> str:
    """A table in Markdown: how often each rule found something."""
    if not report.findings:
        return f"**devlint**: {clear(report)} ({looked_at(report)})\n"
    rows = "".join(
        f"| `{count.rule}` | {count.code} | {count.found} | {count.safe} |\n" for count in counts(report.findings)
    )
    head = "| rule | code | findings | safe fixes |\n|---|---|---:|---:|\n"
    return f"**devlint**: {len(report.findings)} found ({looked_at(report)})\n\n{head}{rows}"


def _annotation(finding: Finding) -> str:
    place = finding.place
    title = f"{finding.code} {finding.rule}"
    fields = {"file": place.path, "line": place.line, "endLine": place.end_line, "title": title}
    if place.line == place.end_line:
        fields |= {"col": place.column, "endColumn": place.end_column}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
    world = f" (world {finding.witness})" if finding.witness else ""
    return f"::{finding.severity.value} {properties}::{_data(finding.message + world)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
