"""Comments that silence findings, and those that silence none.

``# devlint: ignore[NAME, ...] reason`` at the end of a line speaks for what begins or ends in that line; in a line of
its own, for the next statement (of a compound one, its head). ``# devlint: ignore-file[NAME, ...] reason`` speaks for
the file. ``# noqa: CODE`` and a bare ``# noqa`` are honoured for people who mix tools.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from devlint.error import DevlintError, did_you_mean
from devlint.finding import Edit, Finding, Fix, Safety, Severity
from devlint.lexer import Lexed
from devlint.loaded import LoadedRule
from devlint.source import Source
from devlint.statement import begins_line

UNUSED = "unused-suppression"

_IGNORE = re.compile(r"#\s*devlint:\s*(?P<form>[\w-]*)\s*(?:\[(?P<names>[^\]]*)\])?\s*(?P<reason>[^#]*)")
_NOQA = re.compile(
    r"#\s*noqa\b(?:\s*:\s*(?P<names>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?(?P<reason>[^#]*)", re.IGNORECASE
)
_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. ``names`` are rule names and codes as written, with their offsets (none: all rules); it speaks for
    the lines from ``first`` to ``last``, and its text ends at ``end``."""

    start: int
    end: int
    names: tuple[tuple[str, int], ...]
    first: int
    last: int
    reason: str

    def covers(self, finding: Finding) -> bool:
        place = finding.place
        if not (self.first <= place.line <= self.last or self.first <= place.end_line <= self.last):
            return False
        return not self.names or any(name in (finding.rule, finding.code) for name, _ in self.names)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """``kept`` are the findings that nothing silences; ``suppressed`` the others, each with the reason given;
    ``unused`` are findings about comments that silence nothing."""

    kept: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, str], ...] = ()
    unused: tuple[Finding, ...] = ()


def suppress(
    source: Source, findings: Sequence[Finding], ran: Collection[str], rules: Sequence[LoadedRule]
) -> Suppressed:
    """Tell the findings that comments of the file silence from the others.

    ``ran`` are the names of the rules that were run, ``rules`` all that there are. Raises DevlintError for a comment
    that names no rule or one that there is not.
    """
    if "devlint:" not in source.text and "noqa" not in source.text.lower():
        return Suppressed(tuple(findings))
    comments = list(_Reader(source, rules).suppressions())
    kept, suppressed = [], []
    used: set[tuple[int, str]] = set()
    for finding in findings:
        covering = [comment for comment in comments if comment.covers(finding)]
        if covering:
            suppressed.append((finding, covering[0].reason))
        else:
            kept.append(finding)
        used.update((comment.start, word) for comment in covering for word in (finding.rule, finding.code))
    return Suppressed(tuple(kept), tuple(suppressed), tuple(_unused(source, comments, used, ran, rules)))


class _Reader:
    """Reads the suppressions of one file."""

    def __init__(self, source: Source, rules: Iterable[LoadedRule]) -> None:
        self._source = source
        self._known = {word for rule in rules for word in (rule.name, rule.code)}

    def suppressions(self) -> Iterator[Suppression]:
        text = self._source.text
        for start, end in Lexed(text).comments():
            for match in _IGNORE.finditer(text, start, end):
                yield self._own(match)
            for match in _NOQA.finditer(text, start, end):
                yield self._foreign(match)

    def _own(self, match: re.Match[str]) -> Suppression:
        place = self._source.place(*match.span())
        where = f"{place.path}:{place.line}"
        form, listed = match["form"], match["names"]
        if form not in ("ignore", "ignore-file"):
            hint = did_you_mean(form, ("ignore", "ignore-file")) or "write `# devlint: ignore[NAME] reason`"
            raise DevlintError(f"{where}: unknown comment `devlint: {form}`", hint)
        names = (
            tuple((name[0], name.start()) for name in _NAME.finditer(match.string, *match.span("names")))
            if listed
            else ()
        )
        if not names:
            raise DevlintError(f"{where}: `devlint: {form}` names no rule", f"write `# devlint: {form}[NAME] reason`")
        for name, _ in names:
            if name not in self._known:
                raise DevlintError(f"{where}: there is no rule `{name}`", did_you_mean(name, self._known))
        if form == "ignore-file":
            first, last = 1, len(self._source.lines)
        elif self._source.line(place.line)[: place.column - 1].strip():
            first = last = place.line
        else:
            first, last = self._next(place.line)
        return Suppression(*_extent(match), names, first, last, match["reason"].strip())

    def _foreign(self, match: re.Match[str]) -> Suppression:
        line = self._source.place(*match.span()).line
        span = match.span("names") if match["names"] else (0, 0)
        names = tuple((name[0].upper(), name.start()) for name in _NAME.finditer(match.string, *span))
        return Suppression(*_extent(match), names, line, line, match["reason"].strip())

    def _next(self, line: int) -> tuple[int, int]:
        """The lines of the statement behind a line, or the next line inside the statement that goes on there."""
        for first, last in self._heads:
            if first > line:
                return first, last
            if first < line < last:
                return line + 1, line + 1
        return line + 1, line + 1

    @cached_property
    def _heads(self) -> list[tuple[int, int]]:
        """First and last line of each statement, without the statements that are in it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self._source.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []  # then there are no findings either
        return sorted(_head(node, self._source) for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _extent(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(match[0].rstrip())


def _head(node: ast.stmt, source: Source) -> tuple[int, int]:
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    if isinstance(node, ast.Match):
        return first, node.cases[0].pattern.lineno - 1
    body = getattr(node, "body", None)
    if not body:
        return first, node.end_lineno or first
    inner, _ = _head(body[0], source)
    return first, inner - 1 if begins_line(body[0], source) else inner


def _unused(
    source: Source,
    comments: Iterable[Suppression],
    used: Collection[tuple[int, str]],
    ran: Collection[str],
    rules: Sequence[LoadedRule],
) -> Iterator[Finding]:
    codes = {rule.code: rule.name for rule in rules}
    engine = next((rule for rule in rules if rule.name == UNUSED), None)
    if engine is None or UNUSED not in ran:
        return
    for comment in comments:
        idle = [name for name, _ in comment.names if codes.get(name, name) in ran and (comment.start, name) not in used]
        if idle:
            yield Finding(
                rule=engine.name,
                code=engine.code,
                place=source.place(comment.start, comment.end),
                severity=Severity(engine.rule.severity),
                message=f"{' and '.join(f'`{name}`' for name in idle)} suppresses nothing here",
                fix=Fix(Safety.SAFE, "remove it", (_removal(source, comment, idle),)),
                context=source.line(source.place(comment.start, comment.start).line),
            )


def _removal(source: Source, comment: Suppression, idle: Collection[str]) -> Edit:
    """Take names out of a comment, and the comment with the last of them."""
    left = [name for name, _ in comment.names if name not in idle]
    if left:
        (_, first), (name, last) = comment.names[0], comment.names[-1]
        return Edit(source.place(first, last + len(name)), ", ".join(left))
    text, start, end = source.text, comment.start, comment.end
    place = source.place(start, end)
    line = source.line(place.line)
    if place.line < len(source.starts) and line.strip() == text[start:end]:
        return Edit(source.place(source.starts[place.line - 1], source.starts[place.line]), "")
    behind = line[place.end_column - 1 :]
    if behind.strip():
        end += len(behind) - len(behind.lstrip())
    else:
        start -= len(line[: place.column - 1]) - len(line[: place.column - 1].rstrip())
    return Edit(source.place(start, end), "")
