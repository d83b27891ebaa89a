"""The text of one file: how it is encoded, where its lines begin, and what an offset means.

Offsets and columns count code points; lines are what Python's tokenizer counts as lines: they end with ``\\n``,
``\\r\\n`` or ``\\r``, never with a form feed or one of the separators that ``str.splitlines`` knows.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

from devlint.error import DevlintError
from devlint.finding import Place

_NEWLINE = re.compile(r"\r\n?|\n")
#: a header that ends its line, and the indentation of what it heads
_BLOCK = re.compile(
    r"(?:^|[\r\n])(?:async|class|def|else|for|if|try|while|with)\b[^\r\n]*:[ \t]*(?:\r\n?|\n)+([ \t]+)[^\s#]"
)
#: the coding line of PEP 263, which stands in the first two lines, behind nothing but comments
_CODING = re.compile(rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True)
class Source:
    """One file. ``path`` is relative to the current directory, with ``/``; ``text`` holds every line end as it is in
    the file and never the byte order mark (``bom`` says whether there is one)."""

    path: str
    text: str
    encoding: str = "utf-8"
    bom: bool = False

    @classmethod
    def decode(cls, data: bytes, path: str) -> Source:
        """Read the bytes of a file as Python does: a byte order mark, else a coding line, else UTF-8.

        Raises DevlintError when the encoding is unknown or the bytes are not in it.
        """
        bom = data.startswith(codecs.BOM_UTF8)
        body = data[len(codecs.BOM_UTF8) :] if bom else data
        encoding = _declared(body, path)
        if bom and encoding != "utf-8":
            raise DevlintError(f"{path}:1: a UTF-8 byte order mark, but the coding line says `{encoding}`")
        try:
            return cls(path, body.decode(encoding), encoding, bom)
        except UnicodeDecodeError as error:
            line = len(re.findall(rb"\r\n?|\n", body[: error.start])) + 1
            raise DevlintError(
                f"{path}:{line}: byte 0x{body[error.start]:02x} is not {encoding}",
                "save the file as UTF-8 or name its encoding in a coding line",
            ) from error

    def encode(self, text: str) -> bytes:
        """The bytes of a file with this text, in the encoding of this one.

        Raises DevlintError for a character that the encoding lacks.
        """
        try:
            return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise DevlintError(f"{self.path}: {text[error.start]!r} cannot be written in {self.encoding}") from error

    def with_text(self, text: str) -> Source:
        """The same file with another text."""
        return replace(self, text=text)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each line begins; a text that ends with a line end has one more, empty line."""
        return (0, *(match.end() for match in _NEWLINE.finditer(self.text)))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Every line, without its line end."""
        return tuple(_NEWLINE.split(self.text))

    def line(self, number: int) -> str:
        """One line, counted from 1, without its line end. Raises IndexError when there is no such line."""
        return self.lines[number - 1]

    @cached_property
    def step(self) -> str:
        """One level of indentation: that of the first top-level block; four blanks where there is none."""
        match = _BLOCK.search(self.text)
        return match[1] if match else "    "

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column, both counted from 1."""
        return self.starts[line - 1] + column - 1

    def byte_offset(self, line: int, column: int) -> int:
        """The offset of a place in ``ast``'s terms: a line counted from 1, and UTF-8 bytes of it counted from 0."""
        start = self.starts[line - 1]
        if self.text.isascii():
            return start + column
        text = self.lines[line - 1]
        if text.isascii():
            return start + column
        return start + len(text.encode()[:column].decode(errors="ignore"))

    def place(self, start: int, end: int) -> Place:
        """The place of a stretch of the text, given by its offsets."""
        line, end_line = bisect_right(self.starts, start), bisect_right(self.starts, end)
        return Place(
            self.path,
            line,
            start - self.starts[line - 1] + 1,
            end_line,
            end - self.starts[end_line - 1] + 1,
        )


def _declared(body: bytes, path: str) -> str:
    match = _CODING.match(body)
    if match is None:
        return "utf-8"
    name = match[1].decode("ascii", errors="replace")
    try:
        # a codec that is no text encoding (`hex`) refuses to encode a string
        "".encode(name)
        encoding = codecs.lookup(name).name
    except LookupError as error:
        line = len(_NEWLINE.findall(match[0].decode("latin-1"))) + 1
        raise DevlintError(f"{path}:{line}: unknown encoding `{name}`") from error
    return "utf-8" if encoding == "utf-8-sig" else encoding
