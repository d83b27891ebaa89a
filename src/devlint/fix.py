"""From findings to a repaired file: which edits go together, when to stop, and what must hold before one is written."""

from __future__ import annotations

import ast
import difflib
import os
import re
import stat
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from devlint.error import DevlintError
from devlint.finding import Edit, Finding, Outcome, Safety
from devlint.lexer import Lexed
from devlint.source import Source

ROUNDS = 10
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_BAD = frozenset(Outcome) - {Outcome.FINE}


@dataclass(frozen=True, slots=True)
class Repair:
    """The text after all that could be applied, the findings that it repairs, and those that are left in it.

    When ``refused`` says why, nothing was applied: the text and the findings are the old ones.
    """

    text: str
    applied: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    refused: str = ""


class _Change(NamedTuple):
    start: int
    end: int
    text: str


def repair(
    source: Source, findings: Sequence[Finding], allowed: Safety, lint: Callable[[Source], Sequence[Finding]]
) -> Repair:
    """Apply the fixes of a file that are at least as safe as ``allowed``, until none is left.

    Fixes are taken in the order of their findings: by place, then by code. One that touches what an earlier one edits
    waits for the next round, which starts with what ``lint`` finds in the new text. Fixes that reach into other files,
    that would lose a comment, or that are for display only are never applied.
    """
    text, left = source.text, tuple(findings)
    applied: list[Finding] = []
    first: tuple[Finding, ...] = ()
    for _ in range(ROUNDS):
        taken, changed = _round(source.with_text(text), left, allowed)
        if not taken:
            reason = _objection(source, text, findings, first, _unmasked(left, applied)) if applied else ""
            break
        first = first or taken
        text = changed
        applied += taken
        if reason := _unparsable(text):
            break
        left = tuple(lint(source.with_text(text)))
    else:
        rules = " and ".join(sorted({f"`{finding.rule}`" for finding in taken}))
        reason = f"still changing after {ROUNDS} rounds: {rules} fight each other"
    if reason:
        return Repair(source.text, (), tuple(findings), reason)
    return Repair(text, tuple(applied), left)


def _round(source: Source, findings: Iterable[Finding], allowed: Safety) -> tuple[tuple[Finding, ...], str]:
    """The findings whose fixes can be applied together, the first ones first, and the text that results."""
    taken: list[Finding] = []
    changes: set[_Change] = set()
    lexed = Lexed(source.text)
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        if finding.fix is None or finding.fix.safety > min(allowed, Safety.UNSAFE):
            continue
        wanted = {_change(source, lexed, edit) for edit in finding.fix.edits}
        if _applicable(source, lexed, finding.fix.edits, wanted) and not _touch(wanted - changes, changes):
            taken.append(finding)
            changes |= wanted
    text = source.text
    for start, end, replacement in sorted(changes, reverse=True):
        text = text[:start] + replacement + text[end:]
    return tuple(taken), text


def _change(source: Source, lexed: Lexed, edit: Edit) -> _Change:
    """An edit in terms of the text it is made in: with the line ends of the file, with the other quotes in a formatted
    string, and with a blank where it would run into the word beside it (``return"cuda"``)."""
    place = edit.place
    start, end = source.offset(place.line, place.column), source.offset(place.end_line, place.end_column)
    newline = re.search(r"\r\n?|\n", source.text)
    text = re.sub(r"\r\n?|\n", newline[0] if newline else "\n", edit.text)
    token = lexed.at(start)
    if token is not None and token.start < start and lexed.is_formatted(token):
        quote = source.text[token.start]
        text = text.replace(quote, "'" if quote == '"' else '"')
    around = source.text[max(0, start - 1) : start], source.text[end : end + 1]
    old = source.text[start:end]
    before = " " if _run_together(around[0], text) and not _run_together(around[0], old) else ""
    after = " " if _run_together(text, around[1]) and not _run_together(old, around[1]) else ""
    return _Change(start, end, before + text + after)


def _run_together(left: str, right: str) -> bool:
    return re.match(r"\w\w", left[-1:] + right[:1]) is not None


def _applicable(source: Source, lexed: Lexed, edits: Iterable[Edit], changes: set[_Change]) -> bool:
    ordered = sorted(changes)
    return (
        bool(ordered)
        and all(edit.place.path == source.path for edit in edits)
        and all(before.end <= after.start for before, after in pairwise(ordered))
        and any(source.text[start:end] != text for start, end, text in ordered)
        and not any(_loses_comment(source.text, lexed, change) for change in ordered)
    )


def _touch(some: Iterable[_Change], others: Iterable[_Change]) -> bool:
    """Whether two sets of changes overlap; what is inserted touches what begins or ends there."""
    return any(
        (one.start < other.end and other.start < one.end)
        or ((one.start == one.end or other.start == other.end)
        and one.start <= other.end
        and other.start <= one.end)
        for one in some
        for other in others
    )  # fmt: skip


def _loses_comment(text: str, lexed: Lexed, change: _Change) -> bool:
    """Whether a change of code drops a comment; one whose very subject is a comment may."""
    old = text[change.start : change.end]
    if "#" not in old or old.lstrip().startswith("#"):
        return False
    comments = (token for token in lexed.comments() if change.start <= token.start < change.end)
    return any(text[token.start : token.end].rstrip() not in change.text for token in comments)


def _objection(
    source: Source, text: str, before: Sequence[Finding], first: Sequence[Finding], after: Sequence[Finding]
) -> str:
    """Why a repaired text must not be written; empty when it may be."""
    expected = Counter(map(_identity, before)) - Counter(map(_identity, first))
    new = Counter(map(_identity, after)) - expected
    if new:
        rule, scope = min(new)
        return f"the repaired file has a new finding of `{rule}` in `{scope or 'the module'}`"
    if text.endswith(("\n", "\r")) != source.text.endswith(("\n", "\r")) and text:
        return "the repair changes the end of the file"
    return ""


def _unmasked(after: Iterable[Finding], applied: Sequence[Finding]) -> list[Finding]:
    """What is found in a repaired file, without what may be new because a world gets further now than to the crash that
    was repaired, and comes to the bug of another rule."""

    def masked(finding: Finding) -> bool:
        others = (other for other in applied if other.rule != finding.rule)
        bad = _worlds(finding, *_BAD)
        return bool(bad) and bad <= {world for other in others for world in _worlds(other, Outcome.CRASHES)}

    return [finding for finding in after if not masked(finding)]


def _worlds(finding: Finding, *outcomes: Outcome) -> set[str]:
    return {world for world, outcome in finding.worlds.items() if outcome in outcomes}


def _identity(finding: Finding) -> tuple[str, str]:
    """What stays the same of a finding when lines move: lines of a repaired file are not those of the old one."""
    return finding.rule, finding.scope


def _unparsable(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return f"the repaired file cannot be parsed: {error}"
    return ""


def write(path: Path, data: bytes, shown: str) -> None:
    """Put bytes into a file at once or not at all, with the permissions that it has; ``shown`` is what it is called.

    Raises DevlintError when the file cannot be written.
    """
    target = os.path.realpath(path)
    temporary = ""
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(None, "permission denied")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".devlint-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise DevlintError(f"{shown}: cannot be written: {error.strerror}") from error


def diff(path: str, old: bytes, new: bytes) -> bytes:
    """A unified diff of a file and its new content, as ``git apply`` takes it; empty when they are the same."""
    before, after = (os.fsencode(_git_name(f"{side}/{path}")) for side in "ab")
    lines = difflib.diff_bytes(difflib.unified_diff, _git_lines(old), _git_lines(new), before, after, lineterm=b"\n")
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


def _git_name(path: str) -> str:
    """A path as Git writes it: in quotes where a tab or a line end would cut it short."""
    return path if path.isprintable() else f'"{path.translate(_ESCAPES)}"'


def _git_lines(content: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", content)
