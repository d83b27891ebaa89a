"""A code frame: the lines a finding speaks of, with its places underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devlint.finding import Place
from devlint.report import Excerpt
from devlint.report.style import Style

_TAB = 4
#: a place longer than this is shown by its first and last line
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to underline, with what is said about it; ``main`` is the one where the finding stands."""

    place: Place
    label: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Gutter:
    """The column of line numbers, wide enough for the last of them."""

    width: int
    style: Style

    def row(self, mark: str, text: str = "", *, sign: str = "|") -> str:
        return f"{self.style.quiet(f'{mark:>{self.width}} {sign}')} {text}".rstrip()


def frame(marks: Sequence[Mark], excerpt: Excerpt, gutter: Gutter) -> Iterator[str]:
    """The rows of a frame around some marks in one file, in the order of their lines."""
    shown: dict[int, list[tuple[Mark, str]]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.place.line, -mark.place.column)):
        first, last = mark.place.line, mark.place.end_line
        lines = range(first, last + 1) if last - first < _LONGEST else (first, last)
        for number in lines:
            shown.setdefault(number, []).append((mark, mark.label if number == last else ""))
    yield gutter.row("")
    previous = None
    for number in sorted(shown):
        if previous is not None and number > previous + 1:
            yield gutter.row("", sign=":")
        previous = number
        text = excerpt.get(number, "")
        yield gutter.row(str(number), printable(text))
        for mark, label in shown[number]:
            yield gutter.row("", _underline(mark, number, text, label, gutter.style))
    yield gutter.row("")


def _underline(mark: Mark, number: int, text: str, label: str, style: Style) -> str:
    place = mark.place
    start = place.column - 1 if number == place.line else len(text) - len(text.lstrip())
    end = place.end_column - 1 if number == place.end_line else len(text.rstrip())
    before = display_width(text[:start])
    length = max(1, display_width(text[:end]) - before)
    line = f"{'^' if mark.main else '-'}" * length
    painted = style.bad(f"{line} {label}".rstrip()) if mark.main else style.quiet(f"{line} {label}".rstrip())
    return " " * before + painted


def printable(text: str) -> str:
    """A line as a terminal may show it: tabs as spaces, control characters as pictures of themselves."""
    out: list[str] = []
    column = 0
    for character in text:
        shown = " " * (_TAB - column % _TAB) if character == "\t" else _picture(character)
        out.append(shown)
        column += len(shown) if character == "\t" else _width(character)
    return "".join(out)


def display_width(text: str) -> int:
    """How many columns of a terminal a line takes."""
    column = 0
    for character in text:
        column += _TAB - column % _TAB if character == "\t" else _width(character)
    return column


def _picture(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    return "\u2421" if character == "\x7f" else character


def _width(character: str) -> int:
    if character < "\x7f":
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
