import sysconfig
import tokenize
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devlint.lexer import Lexed

LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("[a-d]*.py")), ids=lambda path: path.name)
def test_comments_are_those_that_python_sees(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = [
        token.string for token in tokenize.generate_tokens(StringIO(text).readline) if token.type == tokenize.COMMENT
    ]
    assert [text[start:end] for start, end in Lexed(text).comments()] == expected


@given(st.lists(st.sampled_from(["#", '"', "'", '"""', "'''", "\\", "\n", "\r\n", "f", "x", "{", "}"]), max_size=30))
def test_any_text_is_lexed_without_overlap(pieces: list[str]) -> None:
    text = "".join(pieces)
    lexed = Lexed(text)
    tokens = {lexed.at(offset) for offset in range(len(text))} - {None}
    covered = [offset for token in tokens if token for offset in range(*token)]
    assert len(covered) == len(set(covered))
    assert all(offset in covered for offset, character in enumerate(text) if character in "\"'#")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (r"'a\'b' + c", 6),
        ("'a\\\nb' + c", 6),
        ("'a\\\r\nb' + c", 7),
        ("'open\nc", 5),
        ("'''a'b''' + c", 9),
        ("'''open\nc", 9),
        ("'''\\", 4),
        ('"" + c', 2),
    ],
)
def test_string_ends_where_it_is_closed(text: str, end: int) -> None:
    token = Lexed(text).at(0)
    assert token is not None
    assert token.end == end
