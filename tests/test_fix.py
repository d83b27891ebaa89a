import os
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devlint.error import DevlintError
from devlint.finding import Edit, Finding, Fix, Outcome, Place, Safety, Severity
from devlint.fix import diff, repair, write
from devlint.source import Source

Lint = Callable[[Source], Sequence[Finding]]


def finding(
    source: Source, start: int, end: int, text: str, safety: Safety = Safety.SAFE, rule: str = "rule", path: str = ""
) -> Finding:
    place = source.place(start, end)
    where = Place(path or place.path, place.line, place.column, place.end_line, place.end_column)
    fix = Fix(safety, "mend it", (Edit(where, text),))
    return Finding(rule, "T001", place, Severity.ERROR, f"`{rule}`", fix=fix)


def replacing(old: str, new: str, safety: Safety = Safety.SAFE, rule: str = "rule") -> Lint:
    """Finds every ``old`` and would have it ``new``."""

    def lint(source: Source) -> list[Finding]:
        starts = [start for start in range(len(source.text)) if source.text.startswith(old, start)]
        return [finding(source, start, start + len(old), new, safety, rule) for start in starts]

    return lint


def run(text: str, lint: Lint, allowed: Safety = Safety.SAFE) -> tuple[str, int, int, str]:
    source = Source("a.py", text)
    result = repair(source, lint(source), allowed, lint)
    return result.text, len(result.applied), len(result.remaining), result.refused


def test_all_fixes_of_a_file_are_applied() -> None:
    assert run("a(old)\nold = 'old'\n", replacing("old", "new")) == ("a(new)\nnew = 'new'\n", 3, 0, "")


@pytest.mark.parametrize(
    ("safety", "allowed", "applied"),
    [
        (Safety.SAFE, Safety.SAFE, 1),
        (Safety.UNSAFE, Safety.SAFE, 0),
        (Safety.UNSAFE, Safety.UNSAFE, 1),
        (Safety.DISPLAY, Safety.UNSAFE, 0),
        (Safety.DISPLAY, Safety.DISPLAY, 0),
    ],
)
def test_only_what_is_safe_enough_is_applied(safety: Safety, allowed: Safety, applied: int) -> None:
    text, *counts, _ = run("old\n", replacing("old", "new", safety), allowed)
    assert counts == [applied, 1 - applied]
    assert text == ("new\n" if applied else "old\n")


def test_overlapping_fixes_wait_for_the_next_round() -> None:
    texts = []

    def lint(source: Source) -> list[Finding]:
        texts.append(source.text)
        found = []
        if "x.a" in source.text:
            found.append(finding(source, 0, 3, "x.b", rule="first"))
        if ".numpy" in source.text and ".cpu" not in source.text:
            found.append(finding(source, 3, 3, ".cpu()", rule="second"))
        return found

    assert run("x.a.numpy()\n", lint) == ("x.b.cpu().numpy()\n", 2, 0, "")
    assert texts[1:] == ["x.b.numpy()\n", "x.b.cpu().numpy()\n"]


def test_the_same_edit_of_two_findings_is_made_once() -> None:
    def lint(source: Source) -> list[Finding]:
        if source.text.startswith("import"):
            return []
        return [finding(source, 0, 0, "import torch\n", rule=rule) for rule in ("a", "b")]

    assert run("x\n", lint) == ("import torch\nx\n", 2, 0, "")


def test_fix_with_edits_that_overlap_or_lie_in_another_file_is_left() -> None:
    source = Source("a.py", "old\n")
    place = source.place(0, 3)
    twice = Fix(Safety.SAFE, "mend it", (Edit(place, "x"), Edit(source.place(1, 2), "y")))
    clumsy = Finding("rule", "T001", place, Severity.ERROR, "bad", fix=twice)
    elsewhere = finding(source, 0, 3, "new", path="b.py")
    idle = finding(source, 0, 3, "old")
    found = (clumsy, elsewhere, idle)
    result = repair(source, found, Safety.SAFE, lambda _: found)
    assert (result.text, result.applied, result.remaining) == ("old\n", (), found)


@pytest.mark.parametrize(
    ("text", "new", "fixed"),
    [
        ("f(a, # why\n b)\n", "g()\n", "f(a, # why\n b)\n"),
        ("f(a, # why\n b)\n", "g(b) # why\n", "g(b) # why\n"),
        ("f('#')\n", "g()\n", "g()\n"),
        ("# why\n", "", ""),
    ],
)
def test_fix_that_would_lose_a_comment_is_left(text: str, new: str, fixed: str) -> None:
    assert run(text, replacing(text, new))[0] == fixed


def test_rules_that_fight_are_named_and_nothing_is_changed() -> None:
    def lint(source: Source) -> Sequence[Finding]:
        return [*replacing("left", "right", rule="b-rule")(source), *replacing("right", "left", rule="a-rule")(source)]

    text, applied, remaining, refused = run("left\n", lint)
    assert (text, applied, remaining) == ("left\n", 0, 1)
    assert refused.startswith("still changing after 10 rounds: ")
    assert "`a-rule`" in refused or "`b-rule`" in refused


def test_repair_that_does_not_parse_is_refused() -> None:
    text, applied, remaining, refused = run("f(old)\n", replacing("old", "(("))
    assert (text, applied, remaining) == ("f(old)\n", 0, 1)
    assert refused.startswith("the repaired file cannot be parsed")


def test_repair_with_a_new_finding_is_refused() -> None:
    def lint(source: Source) -> Sequence[Finding]:
        return [*replacing("old", "new")(source), *replacing("new", "newer", Safety.UNSAFE, rule="other")(source)]

    text, applied, remaining, refused = run("old\n", lint)
    assert (text, applied, remaining) == ("old\n", 0, 1)
    assert refused == "the repaired file has a new finding of `other` in `the module`"


@pytest.mark.parametrize(
    ("world", "refused"), [("cpu", ""), ("cuda", "the repaired file has a new finding of `other` in `the module`")]
)
def test_repair_of_a_crash_may_bring_the_next_bug_of_that_world_to_light(world: str, refused: str) -> None:
    def lint(source: Source) -> list[Finding]:
        crash = {"cpu": Outcome.CRASHES, "cuda": Outcome.FINE}
        old = replacing("old", "new")(source)
        new = replacing("new", "newer", Safety.DISPLAY, rule="other")(source)
        return [
            *(replace(one, worlds=crash) for one in old),
            *(replace(one, worlds={world: Outcome.WRONG}) for one in new),
        ]

    text, applied, remaining, why = run("old\n", lint)
    assert (text, applied, remaining, why) == ("old\n" if refused else "new\n", 0 if refused else 1, 1, refused)


def test_repair_that_does_not_mend_is_refused() -> None:
    def lint(source: Source) -> list[Finding]:
        safety = Safety.SAFE if source.text == "old\n" else Safety.DISPLAY
        return [finding(source, 0, 3, "new", safety)]

    assert run("old\n", lint)[3] == "the repaired file has a new finding of `rule` in `the module`"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_is_inserted_has_the_line_ends_of_the_file(newline: str) -> None:
    text = f"a{newline}old{newline}"
    assert run(text, replacing("old", "if a:\n    b"))[0] == text.replace("old", f"if a:{newline}    b")


@pytest.mark.parametrize(
    ("text", "old", "new", "fixed"),
    [
        ('return"cuda"==x\n', '"cuda"==x', "f(x)", "return f(x)\n"),
        ('f("cuda"if a else b)\n', '"cuda"', "device", "f(device if a else b)\n"),
        ('0 if x in"a"else 1\n', '"a"', "b", "0 if x in b else 1\n"),
        ("x.cuda()\n", "cuda", "to", "x.to()\n"),
    ],
)
def test_words_do_not_run_together(text: str, old: str, new: str, fixed: str) -> None:
    source = Source("a.py", text)
    found = [finding(source, text.index(old), text.index(old) + len(old), new)]
    assert repair(source, found, Safety.SAFE, lambda _: []).text == fixed


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ('f"{load(old)}"\n', "f\"{load('new')}\"\n"),
        ("f'{load(old)}'\n", "f'{load(\"new\")}'\n"),
        ("g('x', old)\n", "g('x', \"new\")\n"),
    ],
)
def test_what_is_inserted_into_a_formatted_string_has_other_quotes(text: str, fixed: str) -> None:
    assert run(text, replacing("old", '"new"'))[0] == fixed


def test_repair_keeps_the_end_of_the_file() -> None:
    assert run("old\n", replacing("\n", "", rule="end"))[3] == "the repair changes the end of the file"
    assert run("x\nold", replacing("old", "new"))[0] == "x\nnew"


@given(st.text(alphabet="ab\n", max_size=20), st.sampled_from(["", "b", "bb"]))
def test_a_repaired_file_is_not_repaired_again(text: str, new: str) -> None:
    lint = replacing("a", new)
    once = run(text, lint)[0]
    assert run(once, lint)[:2] == (once, 0)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a.py", b"a\nb\nc\n", b"a\nB\nc\n"),
        ("a.py", b"a\r\nb\r\n", b"a\r\nB\r\n"),
        ("a.py", b"a\nb", b"a\nB"),
        ("a.py", "a\x0c\u2028b\nc\n".encode(), "a\x0c\u2028B\nc\n".encode()),
        ("a.py", b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nB\n"),
        ("\u58f0 \xe9.py", b"\xe9\nb\n", b"\xe9\nB\n"),
        ('a\t"b\\\nc.py', b"a\n", b"b\n"),
        ('"a.py', b"a\n", b"b\n"),
    ],
)
def test_diff_is_what_git_applies(tmp_path: Path, name: str, old: bytes, new: bytes) -> None:
    path = tmp_path / "sub" / name
    path.parent.mkdir()
    path.write_bytes(old)
    patch = diff(f"sub/{name}", old, new)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    assert path.read_bytes() == new


def test_diff_names_a_file_as_the_file_system_does() -> None:
    assert b"a/\xff.py" in diff("\udcff.py", b"a\n", b"b\n")


def test_diff_of_the_same_text_is_empty() -> None:
    assert diff("a.py", b"x\n", b"x\n") == b""


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfx = 1\r\n", b"# coding: latin-1\nx = '\xe9'", b""])
def test_written_file_keeps_encoding_mark_line_ends_and_mode(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    path.chmod(0o751)
    source = Source.decode(data, "a.py")
    write(path, source.encode(source.text + "y = 1"), "a.py")
    assert path.read_bytes() == data + b"y = 1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert os.listdir(tmp_path) == ["a.py"]


def test_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "b.py").symlink_to("a.py")
    write(tmp_path / "b.py", b"y", "b.py")
    assert (tmp_path / "b.py").is_symlink()
    assert (tmp_path / "a.py").read_text() == "y"


def refuse(*_: object) -> None:
    raise OSError(30, "Read-only file system")


@pytest.mark.parametrize("function", ["replace", "chmod"])
def test_file_that_cannot_be_written_is_left_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    monkeypatch.setattr(os, function, refuse)
    with pytest.raises(DevlintError, match=r"a\.py: cannot be written: Read-only file system"):
        write(path, b"y", "a.py")
    assert path.read_text() == "x"
    assert os.listdir(tmp_path) == ["a.py"]


def test_file_that_is_read_only_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    with pytest.raises(DevlintError, match="permission denied"):
        write(path, b"y", "a.py")
    assert path.read_text() == "x"
