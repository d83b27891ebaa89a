"""Comments and strings of a text, found by one regular expression: what a parse is too dear for.

Nothing here fails: what is not closed ends with its line, or with the text when it has three quotes. A string inside
the braces of a formatted string is part of that string.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_STRING = r"""
    {q}{q}{q} [^{q}\\]* (?: (?: \\.? | {q}(?!{q}{q}) ) [^{q}\\]* )* (?: {q}{q}{q} | \Z )
  | {q} [^{q}\\\r\n]* (?: \\(?:\r\n|.)? [^{q}\\\r\n]* )* {q}?
"""
_TOKEN = re.compile(
    r"\#[^\r\n]* |" + _STRING.format(q='"') + "|" + _STRING.format(q="'"),
    re.DOTALL | re.VERBOSE,
)
#: the prefix of a formatted string, at the end of what stands before it
_FORMATTED = re.compile(r"(?<!\w)(?:r?[ft]|[ft]r)\Z", re.IGNORECASE)


class Token(NamedTuple):
    """A comment or a string; a string starts at its quotes, behind its prefix."""

    start: int
    end: int


class Lexed:
    """The comments and strings of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [Token(*match.span()) for match in _TOKEN.finditer(text)]
        self._starts = [token.start for token in self._tokens]

    def at(self, offset: int) -> Token | None:
        """The comment or string that this offset lies in."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self._tokens[index].end:
            return self._tokens[index]
        return None

    def is_comment(self, token: Token) -> bool:
        return self._text[token.start] == "#"

    def is_formatted(self, token: Token) -> bool:
        """Whether a string has a prefix that makes code of what stands in its braces."""
        before = self._text[max(0, token.start - 3) : token.start]
        return _FORMATTED.search(before) is not None and not self.is_comment(token)

    def is_docstring(self, token: Token) -> bool:
        """Whether a string has three quotes and stands first in its line."""
        text = self._text
        if text[token.start : token.start + 3] not in ('"""', "'''"):
            return False
        line = max(text.rfind("\n", 0, token.start), text.rfind("\r", 0, token.start)) + 1
        return text[line : token.start].strip().lower() in ("", "r", "u", "f", "rf", "fr")

    def opens(self, token: Token, offset: int) -> bool:
        """Whether this is the quote behind which the content of a string begins."""
        text = self._text
        quotes = 3 if text[token.start : token.start + 3] in ('"""', "'''") else 1
        return offset == token.start + quotes - 1 and not self.is_comment(token)

    def comments(self) -> Iterator[Token]:
        """Every comment, in order."""
        return filter(self.is_comment, self._tokens)
