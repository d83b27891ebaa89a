import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devlint.error import DevlintError
from devlint.finding import Place
from devlint.source import Source

TEXTS = st.text(alphabet="ab é𝔘\t\x0c\x0b\x1c\u2028\x85\r\n'#", max_size=60)


@given(TEXTS)
def test_lines_and_line_ends_make_up_the_text(text: str) -> None:
    source = Source("a.py", text)
    assert len(source.lines) == len(source.starts)
    assert text.replace("\r\n", "\n").replace("\r", "\n") == "\n".join(source.lines)
    for start, line in zip(source.starts, source.lines, strict=True):
        assert text.startswith(line, start)


@given(TEXTS, st.data())
def test_places_lead_back_to_their_offsets(text: str, data: st.DataObject) -> None:
    source = Source("a.py", text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    place = source.place(start, end)
    assert source.offset(place.line, place.column) == start
    assert source.offset(place.end_line, place.end_column) == end


@given(TEXTS, st.booleans())
def test_a_file_that_is_read_and_written_is_the_same(text: str, bom: bool) -> None:
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    source = Source.decode(data, "a.py")
    assert (source.text, source.bom) == (text, bom)
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso8859-1", "x = 'é'\n"),
        (b"#!/usr/bin/python\r\n# vim: set fileencoding=cp1251 :\r\nx = '\xe9'\r\n", "cp1251", "x = 'й'\r\n"),
        (b"\n# coding=utf8\nx = '\xc3\xa9'\n", "utf-8", "x = 'é'\n"),
        (b"x = 1\n# coding: nothing\n", "utf-8", "# coding: nothing\n"),
        (b"# coding: utf-8-sig\nx = 1\n", "utf-8", "x = 1\n"),
        (b"", "utf-8", ""),
    ],
)
def test_encoding_is_the_declared_one(data: bytes, encoding: str, text: str) -> None:
    source = Source.decode(data, "a.py")
    assert source.encoding == encoding
    assert source.text.endswith(text)
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = 1\r\nb = '\xff'\n", "a.py:2: byte 0xff is not utf-8"),
        (b"#!x\n# coding: nonsense\n", "a.py:2: unknown encoding `nonsense`"),
        (b"# coding: hex\n", "a.py:1: unknown encoding `hex`"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "a.py:1: a UTF-8 byte order mark, but the coding line says `iso8859-1`"),
    ],
)
def test_what_cannot_be_decoded_is_the_users_mistake(data: bytes, message: str) -> None:
    with pytest.raises(DevlintError) as raised:
        Source.decode(data, "a.py")
    assert str(raised.value) == message


def test_what_the_encoding_lacks_cannot_be_written() -> None:
    with pytest.raises(DevlintError, match=r"a\.py: '→' cannot be written in ascii"):
        Source("a.py", "", "ascii").encode("→")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_columns_of_ast_are_utf8_bytes(newline: str) -> None:
    text = newline.join(["x = 1\x0c", "'é𝔘\u2028', y.cuda()", ""])
    source = Source("a.py", text)
    (call,) = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    start = source.byte_offset(call.lineno, call.col_offset)
    end = source.byte_offset(call.end_lineno or 0, call.end_col_offset or 0)
    assert text[start:end] == "y.cuda()"
    assert source.place(start, end) == Place("a.py", 2, 8, 2, 16)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("x = 1\n", "    "),
        ("def f():\n  '''doc'''\n  if x:\n    y\n", "  "),
        ('"""Doc:\n       deep\n"""\nif x:\r\n\r\n\ty\n', "\t"),
        ("def f(\n        x,\n):\n    return x\n\n\nclass A:\n   x = 1\n", "   "),
    ],
)
def test_one_level_of_indentation(text: str, step: str) -> None:
    assert Source("a.py", text).step == step
