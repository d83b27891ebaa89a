"""One file: from its text to its findings."""

from __future__ import annotations

import ast
import os
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devlint.analysis.answer import Span
from devlint.error import DevlintError
from devlint.finding import Finding, Outcome, Place, Safety, Severity
from devlint.gate import hits, uses_torch
from devlint.loaded import LoadedRule
from devlint.rule import Context
from devlint.source import Source
from devlint.statement import Statement, candidates
from devlint.world import VersionRange, World

if TYPE_CHECKING:
    from devlint.analysis import Analysis
    from devlint.analysis.project import Project
    from devlint.slices import Parsed

SYNTAX_ERROR = "syntax-error"
#: what is longer was written by a generator, and libcst takes a second for a megabyte of it
LARGEST_STATEMENT = 200_000
#: libcst writes code by recursion, and where its parser overflows the stack the process is gone
DEEPEST_STATEMENT = 1000


@dataclass(frozen=True, slots=True, order=True)
class Crash:
    """A rule that raised an exception: a bug in the rule or in what it asked."""

    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Linted:
    """What came of one file. ``torch`` says whether the file can be about devices at all; ``notices`` what was not
    looked at, and why; ``causes`` are the paths of other files in which the root of a finding lies that names a place
    of this file. ``alone`` says that nothing but the text of the file had a say, ``cut_short`` that stack or memory
    did, so that another try may come to more."""

    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    crashes: tuple[Crash, ...] = ()
    torch: bool = False
    causes: tuple[str, ...] = ()
    alone: bool = False
    cut_short: bool = False


def lint(
    source: Source,
    rules: Sequence[LoadedRule],
    worlds: tuple[World, ...],
    torch: VersionRange,
    from_root: str | None = None,
    project: Project | None = None,
) -> Linted:
    """Check one file against the rules; ``from_root`` is its path from the root of its project, by default its own, and
    ``project`` what is around it, by default nothing.

    Raises DevlintError when a rule cannot be used as it is written. A rule that crashes is recorded and not asked again
    in this file, while the others go on.
    """
    found = hits(source.text, [rule for rule in rules if not rule.engine])
    if not found:
        return Linted(torch=uses_torch(source.text), alone=True)
    try:
        known = None if project is None else project.known(source, from_root or source.path)
        tree = syntax_tree(source.text) if known is None else known.tree
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _unparsed(source, rules, error)
    from devlint.analysis.file import analyse  # most files never need it

    analysis = analyse(source, tree, worlds, project, from_root)
    judge = _Judge(source, {rule.name: rule for rule in rules}, analysis, torch)
    findings = [
        finding for statement in candidates(source, tree, rules, found) for finding in judge.findings(statement)
    ]
    if analysis.exhausted:
        judge.notices.append(f"{source.path}:1: not looked at in full: it nests too deeply")
    return Linted(
        _distinct(findings),
        tuple(judge.notices),
        tuple(judge.crashes.values()),
        torch=True,
        causes=tuple(sorted(analysis.causes)),
        cut_short=analysis.exhausted,
    )


def syntax_tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on odd escapes, which are not our business
        return ast.parse(text)


def _unparsed(source: Source, rules: Iterable[LoadedRule], error: Exception) -> Linted:
    """A file that this Python cannot parse: it is newer than this Python if libcst can, else it is broken."""
    from devlint.slices import parse

    if isinstance(error, (RecursionError, MemoryError)) or str(error).startswith("too many "):
        # libcst overflows the stack where ast only gives up
        return Linted(
            notices=(f"{source.path}:1: not looked at: it nests too deeply to be parsed",), torch=True, cut_short=True
        )
    place, reason = _blamed(source, error)
    # libcst takes what no Python does
    if "\0" not in source.text and parse(source, Statement(Span(0, len(source.text)), frozenset())) is not None:
        version = ".".join(map(str, sys.version_info[:2]))
        notice = f"{source.path}:{place.line}: not looked at: needs a newer Python than {version} ({reason})"
        return Linted(notices=(notice,), torch=True, alone=True)
    findings = tuple(
        Finding(
            rule=rule.name,
            code=rule.code,
            place=place,
            severity=Severity(rule.rule.severity),
            message=f"cannot be parsed: {reason}",
            context=source.line(place.line),
        )
        for rule in rules
        if rule.name == SYNTAX_ERROR
    )
    return Linted(findings, torch=True, alone=True)


def _blamed(source: Source, error: Exception) -> tuple[Place, str]:
    """Where a file cannot be parsed, and why."""
    if not isinstance(error, SyntaxError) or "\0" in source.text:  # Python does not say where
        null = source.text.index("\0")
        return source.place(null, null), str(error)
    line = min(error.lineno or 1, len(source.lines))
    column = max(1, min(error.offset or 1, len(source.line(line)) + 1))
    return Place(source.path, line, column, line, column), error.msg


class _Table(dict[type, tuple[LoadedRule, ...]]):
    """The rules that each class of nodes is given to; told when the first such node comes along."""

    def __init__(self, rules: Iterable[LoadedRule]) -> None:
        super().__init__()
        self._rules = tuple(rules)

    def __missing__(self, kind: type) -> tuple[LoadedRule, ...]:
        self[kind] = given = tuple(rule for rule in self._rules if issubclass(kind, rule.nodes))
        return given


class _Judge:
    """Puts the statements of one file before the rules; keeps what could not be looked at, and what crashed."""

    def __init__(self, source: Source, rules: dict[str, LoadedRule], analysis: Analysis, torch: VersionRange) -> None:
        self._source, self._rules, self._analysis, self._torch = source, rules, analysis, torch
        self._tables: dict[frozenset[str], _Table] = {}
        self.notices: list[str] = []
        self.crashes: dict[str, Crash] = {}

    def findings(self, statement: Statement) -> Iterator[Finding]:
        parsed = self._parsed(statement)
        if isinstance(parsed, str):
            line = self._source.place(*statement.span).line
            self.notices.append(f"{self._source.path}:{line}: this statement is not looked at: {parsed}")
            return
        for finding in self._confirmed(parsed, self._table(statement)):
            if finding.fix is not None and not parsed.exact:
                yield replace(finding, fix=replace(finding.fix, safety=Safety.DISPLAY))
            else:
                yield finding

    def _confirmed(self, parsed: Parsed, table: _Table) -> list[Finding]:
        """What the rules find in a statement, and find again once the callers of its functions were asked: that costs
        a search of the project, and few statements have a finding."""
        doubtful: dict[frozenset[str], set[tuple[Place, str]]] = {}
        for finding in self._walked(parsed, table):
            bad = frozenset(name for name, outcome in finding.worlds.items() if outcome is not Outcome.FINE)
            doubtful.setdefault(bad, set()).add((finding.place, finding.code))
        confirmed: list[Finding] = []
        for bad, known in doubtful.items():
            with self._analysis.asking_callers(bad):
                again = list(self._walked(parsed, table))
            confirmed += (finding for finding in again if (finding.place, finding.code) in known)
        return [replace(found, pedantic=True) if self._is_stray(found.place) else found for found in confirmed]

    def _is_stray(self, place: Place) -> bool:
        return self._analysis.is_stray(self._source.offset(place.line, place.column))

    def _parsed(self, statement: Statement) -> Parsed | str:
        """The nodes of a statement, or why there are none."""
        from devlint.slices import parse

        start, end = statement.span
        if end - start > LARGEST_STATEMENT:
            return f"it is longer than {LARGEST_STATEMENT // 1000} kB"
        if statement.depth > DEEPEST_STATEMENT:
            return "it nests too deeply"
        return parse(self._source, statement) or "libcst cannot parse it"

    def _table(self, statement: Statement) -> _Table:
        table = self._tables.get(statement.rules)
        if table is None:
            rules = [rule for name, rule in self._rules.items() if name in statement.rules and self._usable(rule)]
            table = self._tables[statement.rules] = _Table(rules)
        return table

    def _usable(self, rule: LoadedRule) -> bool:
        try:
            return bool(rule.nodes)
        except Exception as error:
            self._crashed(rule, 0, error)
        return False

    def _walked(self, parsed: Parsed, table: _Table) -> Iterator[Finding]:
        contexts: dict[str, Context] = {}
        for node in parsed.nodes:
            for rule in table[node.__class__]:
                if rule.name in self.crashes:
                    continue
                if rule.name not in contexts:
                    contexts[rule.name] = Context(
                        rule.rule, rule.name, self._source, self._analysis, parsed.slice, self._torch
                    )
                try:
                    yield from rule.check(node, contexts[rule.name])
                except Exception as error:
                    self._crashed(rule, parsed.slice.spans[id(node)].start, error)

    def _crashed(self, rule: LoadedRule, offset: int, error: Exception) -> None:
        """Take down what a rule raised, except what its author is told in clear words."""
        if isinstance(error, DevlintError):
            raise error
        line = self._source.place(offset, offset).line
        raised = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({os.path.basename(raised.filename)}:{raised.lineno})"
        self.crashes[rule.name] = Crash(rule.name, self._source.path, line, message)


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each cause once, in order: findings of one rule at one place become one, with the places of all."""
    found: dict[tuple[Place, str], Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        first = found.setdefault((finding.place, finding.code), finding)
        if first is not finding:
            related = tuple(sorted({*first.related, *finding.related}))
            found[finding.place, finding.code] = replace(first, related=related)
    return tuple(found.values())
