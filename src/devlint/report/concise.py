"""One line a finding."""

from __future__ import annotations

from devlint.finding import Finding, Safety, Severity
from devlint.report import Report
from devlint.report.style import Style


def concise(report: Report, style: Style) -> str:
    """``path:line:column: CODE [*] rule: message (world w)``; ``[*]`` marks what ``--fix`` repairs."""
    return "".join(line(finding, report.allowed, style) + "\n" for finding in report.findings)


def line(finding: Finding, allowed: Safety, style: Style) -> str:
    """A finding as one line."""
    place = finding.place
    paint = style.bad if finding.severity is Severity.ERROR else style.doubtful
    fixable = " [*]" if finding.fix and finding.fix.safety <= allowed else ""
    world = f" (world {finding.witness})" if finding.witness else ""
    where = style.bold(f"{place.path}:{place.line}:{place.column}:")
    return f"{where} {paint(finding.code)}{fixable} {finding.rule}: {finding.message}{world}"
