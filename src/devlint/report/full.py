"""The format for people: what is wrong, where, in which worlds, why devlint says so, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from devlint.evidence import Verdict
from devlint.finding import Because, Finding, Fix, Outcome, Safety, Severity
from devlint.report import Checked, Report
from devlint.report.frame import Gutter, Mark, frame, printable
from devlint.report.hunks import hunks
from devlint.report.style import Style
from devlint.report.verdicts import table, verdict

_HAPPENS = {
    Outcome.CRASHES: "crashes in",
    Outcome.WRONG: "goes wrong in",
    Outcome.WASTEFUL: "is wasteful in",
    Outcome.FINE: "fine in",
}
_EVIDENCE = {
    Because.DERIVED: "derived, by evaluating the program in world `{world}`",
    Because.ROLE: "role, a known home of such values in world `{world}`",
    Because.BELIEF: "belief, the program itself treats the value so elsewhere",
}


def full(report: Report, style: Style) -> str:
    """Every finding as a code frame with its explanation."""
    return "".join("\n".join(_finding(file, finding, style)) + "\n\n" for file, finding in report.by_file())


def _finding(file: Checked, finding: Finding, style: Style) -> Iterator[str]:
    places = [finding.place, *(related.place for related in finding.related)]
    if finding.fix:
        places += [edit.place for edit in finding.fix.edits]
    gutter = Gutter(max(len(str(place.end_line)) for place in places), style)
    yield _title(finding, style)
    yield from _frames(file, finding, gutter)
    for word, text in _notes(finding):
        yield _note(word, text, gutter)
    yield from _repair(file, finding, gutter)
    yield from _verdict(finding, gutter)
    yield _note("docs", f"devlint rule {finding.rule}", gutter)


def _note(word: str, text: str, gutter: Gutter) -> str:
    return f"{' ' * gutter.width} {gutter.style.quiet('=')} {gutter.style.bold(word)}: {text}"


def _title(finding: Finding, style: Style) -> str:
    paint = style.bad if finding.severity is Severity.ERROR else style.doubtful
    fix = f" [{finding.fix.safety.word} fix]" if finding.fix else ""
    return f"{paint(finding.code)} {style.bold(finding.rule)}{fix}: {finding.message}"


def _frames(file: Checked, finding: Finding, gutter: Gutter) -> Iterator[str]:
    """The frame of the file that the finding stands in, then one for each other file that it speaks of."""
    happens = finding.worlds.get(finding.witness)
    label = f"{_HAPPENS[happens]} world `{finding.witness}`" if happens else ""
    marks = {finding.place.path: [Mark(finding.place, label, main=True)]}
    for related in finding.related:
        marks.setdefault(related.place.path, []).append(Mark(related.place, related.message))
    arrow = "-->"
    for path, there in marks.items():
        place = there[0].place
        yield f"{' ' * gutter.width}{gutter.style.quiet(arrow)} {path}:{place.line}:{place.column}"
        yield from frame(there, file.excerpts.get(path, {}), gutter)
        arrow = ":::"


def _notes(finding: Finding) -> Iterator[tuple[str, str]]:
    outcomes = sorted(set(finding.worlds.values()), key=list(Outcome).index)
    if outcomes:
        groups = (
            f"{_HAPPENS[outcome]} {', '.join(name for name, found in finding.worlds.items() if found is outcome)}"
            for outcome in outcomes
        )
        yield "worlds", "; ".join(groups)
    if finding.because:
        yield "because", _EVIDENCE[finding.because].format(world=finding.witness)
    if finding.torch:
        yield "torch", finding.torch
    if finding.help:
        yield "help", finding.help


def _repair(file: Checked, finding: Finding, gutter: Gutter) -> Iterator[str]:
    if finding.fix is None:
        return
    style = gutter.style
    yield _note("fix", f"{finding.fix.message}{_hint(finding, finding.fix)}", gutter)
    for path in dict.fromkeys(edit.place.path for edit in finding.fix.edits):
        if path != finding.place.path:
            yield f"{' ' * gutter.width}{style.quiet(':::')} {path}"
        edits = [edit for edit in finding.fix.edits if edit.place.path == path]
        for hunk in hunks(edits, file.excerpts.get(path, {})):
            yield from (style.bad(f"{'-':>{gutter.width}} | {printable(line)}".rstrip()) for line in hunk.before)
            yield from (style.good(f"{'+':>{gutter.width}} | {printable(line)}".rstrip()) for line in hunk.after)


def _hint(finding: Finding, fix: Fix) -> str:
    """Why a fix is for display only."""
    if finding.verified and finding.verified.verdict is Verdict.REFUTED:
        return " (not to be applied: it is refuted)"
    return " (by hand: it cannot be applied here)" if fix.safety is Safety.DISPLAY else ""


def _verdict(finding: Finding, gutter: Gutter) -> Iterator[str]:
    if finding.verified is not None:
        yield _note("verdict", verdict(finding.verified), gutter)
        yield from (f"{' ' * gutter.width}   {row}" for row in table(finding.verified))
