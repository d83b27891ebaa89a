"""A fix as a small diff: the lines it changes, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from devlint.finding import Edit
from devlint.report import Excerpt


class Hunk(NamedTuple):
    """Some neighbouring lines before and after a fix."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def hunks(edits: Sequence[Edit], excerpt: Excerpt) -> Iterator[Hunk]:
    """The changed lines of one file, edits that touch the same lines together."""
    group: list[Edit] = []
    for edit in sorted(edits):
        if group and edit.place.line > max(other.place.end_line for other in group):
            yield _hunk(group, excerpt)
            group = []
        group.append(edit)
    if group:
        yield _hunk(group, excerpt)


def _hunk(edits: Sequence[Edit], excerpt: Excerpt) -> Hunk:
    """The lines that some edits, sorted by place, touch; lines that stay the same at either end are left out."""
    first, last = edits[0].place.line, max(edit.place.end_line for edit in edits)
    before = [excerpt.get(number, "") for number in range(first, last + 1)]
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line) + 1)
    text = "\n".join(before)
    for edit in reversed(edits):
        place = edit.place
        start = starts[place.line - first] + place.column - 1
        end = starts[place.end_line - first] + place.end_column - 1
        text = text[:start] + edit.text + text[end:]
    after = text.replace("\r\n", "\n").split("\n")
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return Hunk(tuple(before), tuple(after))
