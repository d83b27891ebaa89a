"""The last lines of a report: how much was found, what can be done about it, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from devlint import words
from devlint.finding import Finding, Safety
from devlint.report import Report
from devlint.report.style import Style
from devlint.report.verdicts import sentence, trials
from devlint.words import many


class Count(NamedTuple):
    """How often one rule found something, and how many of those have a safe and an unsafe fix."""

    rule: str
    code: str
    found: int
    safe: int
    unsafe: int


def counts(findings: Iterable[Finding]) -> list[Count]:
    """One count a rule, the most frequent first."""
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.rule, finding.code), []).append(finding)
    rows = [
        Count(*rule, len(found), _having(found, Safety.SAFE), _having(found, Safety.UNSAFE))
        for rule, found in by_rule.items()
    ]
    return sorted(rows, key=lambda count: (-count.found, count.code))


def statistics(report: Report) -> str:
    """A table: count, code, rule, fixes."""
    rows = counts(report.findings)
    width = max((len(str(count.found)) for count in rows), default=0)
    names = max((len(count.rule) for count in rows), default=0)
    return "".join(
        f"{count.found:>{width}}  {count.code}  {count.rule:<{names}}  {_fixes(count)}".rstrip() + "\n"
        for count in rows
    )


def fixes(report: Report) -> str:
    """What was repaired, file by file; fixes that were tried one by one, with the evidence."""
    return trials(report.fixed) or "".join(
        f"{file.path}:\n" + "".join(f"    {count.found} x {count.code} {count.rule}\n" for count in counts(file.fixed))
        for file in report.files
        if file.fixed
    )


def repaired(report: Report) -> str:
    """``Fixed 3 problems in 2 files.``, or nothing; of fixes that were tried, with the verdicts."""
    files = sum(bool(file.fixed) for file in report.files)
    if tried := sentence(report.fixed):
        return f"{len(report.fixed)} fixed: {tried}.\n"
    return f"Fixed {_problems(len(report.fixed))} in {many(files, 'file')}.\n" if files else ""


def repairable(report: Report) -> str:
    """What ``--diff`` says of its diff: ``Would fix 3 problems in 2 files; 1 more with --unsafe-fixes.``"""
    files = sum(bool(file.fixed) for file in report.files)
    tried = sentence(report.fixed)
    more = _having(report.findings, Safety.UNSAFE) if report.allowed is Safety.SAFE else 0
    hint = f"{'.' if tried else ';'} {more} more with --unsafe-fixes" if more else ""
    would = f"Would fix {_problems(len(report.fixed))} in {many(files, 'file')}"
    return f"{would}{tried and f': {tried}'}{hint}.\n{verdicts(report)}"


def verdicts(report: Report) -> str:
    """``2 fixes: 1 verified in cuda, cpu; 1 checked.``: what is left and was tried, if anything."""
    number = sum(finding.verified is not None for finding in report.findings)
    noun = "fix" if number == 1 else "fixes"
    more = "more " if report.fixed else ""
    return f"{number} {more}{noun}: {sentence(report.findings)}.\n" if number else ""


def summary(report: Report, style: Style) -> str:
    """``Found 3 problems (1 in cuda, 2 in cpu). 2 fixable with --fix ...``, and what was looked at."""
    fixed = repaired(report)
    if not report.findings:
        return f"{fixed}{style.good(clear(report).capitalize())}: {looked_at(report)}\n"
    witnesses = Counter(finding.witness for finding in report.findings if finding.witness)
    worlds = ", ".join(f"{witnesses[world]} in {world}" for world in report.worlds if world in witnesses)
    found = f"Found {_problems(len(report.findings))}{worlds and f' ({worlds})'}."
    return f"{fixed}{style.bold(found)}{''.join(_offers(report))}\n{verdicts(report)}{looked_at(report)}\n"


def clear(report: Report) -> str:
    """What is said of a report without findings."""
    return f"nothing found, but {report.incomplete} not looked at in full" if report.incomplete else "all clear"


def looked_at(report: Report) -> str:
    """How many files of which kind, and in which worlds."""
    return words.looked_at(len(report.files), report.torch, report.worlds)


def _offers(report: Report) -> Iterator[str]:
    safe, unsafe = _having(report.findings, Safety.SAFE), _having(report.findings, Safety.UNSAFE)
    if safe:
        yield f" {safe} fixable with --fix"
        yield f", {unsafe} more with --unsafe-fixes." if unsafe else "."
    elif unsafe:
        yield f" {unsafe} fixable with --fix --unsafe-fixes."


def _fixes(count: Count) -> str:
    parts = [f"{number} {word}" for number, word in ((count.safe, "safe"), (count.unsafe, "unsafe")) if number]
    return f"fixes: {', '.join(parts)}" if parts else ""


def _having(findings: Iterable[Finding], safety: Safety) -> int:
    return sum(finding.fix is not None and finding.fix.safety is safety for finding in findings)


def _problems(number: int) -> str:
    return many(number, "problem")
