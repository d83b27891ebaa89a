"""What came of a file as plain data, and back."""

from __future__ import annotations

from typing import Any

from devlint.finding import Because, Edit, Finding, Fix, Outcome, Place, Related, Safety, Severity
from devlint.report import Checked

Plain = tuple[Any, ...]


def plain(checked: Checked) -> Plain:
    """A file that was looked at, and not repaired, as tuples of what ``marshal`` knows."""
    excerpts = tuple((path, tuple(lines.items())) for path, lines in checked.excerpts.items())
    findings = tuple(map(_plain, checked.findings))
    return checked.path, checked.from_root, checked.torch, findings, checked.notices, excerpts, checked.causes


def restored(data: Plain) -> Checked:
    """The file again."""
    path, from_root, torch, findings, notices, excerpts, causes = data
    return Checked(
        path,
        from_root=from_root,
        torch=torch,
        findings=tuple(_restored(*finding) for finding in findings),
        notices=notices,
        excerpts={path: dict(lines) for path, lines in excerpts},
        causes=causes,
    )


def _plain(finding: Finding) -> Plain:
    fix = finding.fix
    return (
        finding.rule,
        finding.code,
        _place(finding.place),
        finding.severity.value,
        finding.message,
        tuple((world, outcome.value) for world, outcome in finding.worlds.items()),
        finding.witness,
        None if finding.because is None else finding.because.value,
        finding.torch,
        finding.help,
        tuple((_place(related.place), related.message, related.same_cause) for related in finding.related),
        fix and (int(fix.safety), fix.message, tuple((_place(edit.place), edit.text) for edit in fix.edits)),
        finding.pedantic,
        finding.scope,
        finding.context,
        finding.cause,
        finding.program,
        tuple(map(_place, finding.ends)),
        tuple(map(_place, finding.behind)),
    )


def _restored(
    rule: str,
    code: str,
    place: Plain,
    severity: str,
    message: str,
    worlds: Plain,
    witness: str,
    because: str | None,
    torch: str | None,
    help: str,
    related: Plain,
    fix: Plain | None,
    pedantic: bool,
    scope: str,
    context: str,
    cause: str,
    program: str,
    ends: Plain,
    behind: Plain,
) -> Finding:
    return Finding(
        rule,
        code,
        Place(*place),
        Severity(severity),
        message,
        {world: Outcome(outcome) for world, outcome in worlds},
        witness,
        None if because is None else Because(because),
        torch,
        help,
        tuple(Related(Place(*place), message, same_cause) for place, message, same_cause in related),
        None if fix is None else _fix(*fix),
        pedantic,
        scope,
        context,
        cause,
        program,
        tuple(Place(*place) for place in ends),
        tuple(Place(*place) for place in behind),
    )


def _fix(safety: int, message: str, edits: Plain) -> Fix:
    return Fix(Safety(safety), message, tuple(Edit(Place(*place), text) for place, text in edits))


def _place(place: Place) -> Plain:
    return place.path, place.line, place.column, place.end_line, place.end_column
