"""Which files are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from devlint.error import DevlintError
from devlint.files import display, excluded, find_files
from devlint.settings.configuration import Configuration
from devlint.settings.globs import Globs
from devlint.settings.schema import Entry, Layer


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "a.py", "stub.pyi", "script", "notes.md", "pkg/b.py", "pkg/deep/c.py", "build/d.py", ".venv/lib/e.py",
        "pkg/generated/f.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def found(*paths: str, flags: Layer | None = None) -> list[str]:
    return [display(path) for path in find_files(paths, Configuration(flags))]


def flag(name: str, *patterns: str) -> dict[str, Entry]:
    return {name: Entry((Globs(patterns, Path.cwd()),), f"--{name}")}


def switch(name: str, value: bool = True) -> dict[str, Entry]:
    return {name: Entry(value, f"--{name}")}


def test_a_folder_gives_its_python_files_in_order(tree: Path) -> None:
    assert found(".") == ["a.py", "pkg/b.py", "pkg/deep/c.py", "pkg/generated/f.py", "stub.pyi"]


def test_each_file_once_however_often_it_is_named(tree: Path) -> None:
    assert found("pkg", "./pkg/b.py", "pkg/deep", str(tree / "pkg")) == [
        "pkg/b.py",
        "pkg/deep/c.py",
        "pkg/generated/f.py",
    ]


def test_a_file_that_is_named_is_looked_at_whatever_it_is_called(tree: Path) -> None:
    assert found("script", "build/d.py") == ["build/d.py", "script"]


def test_a_folder_that_is_named_is_looked_at_even_if_it_is_excluded(tree: Path) -> None:
    (tree / ".gitignore").write_text("build/\n")
    (tree / ".git").mkdir()
    assert found("build") == ["build/d.py"]
    assert found("pkg/generated", flags=flag("extend-exclude", "generated", "c.py")) == ["pkg/generated/f.py"]
    assert found("pkg/deep", flags=flag("extend-exclude", "generated", "c.py")) == []


def test_exclude_replaces_and_extend_exclude_adds(tree: Path) -> None:
    assert found(".", flags=flag("exclude", "pkg", ".*")) == ["a.py", "build/d.py", "stub.pyi"]
    assert found(".", flags=flag("extend-exclude", "pkg/*/*.py", "*.pyi")) == ["a.py", "pkg/b.py"]


def test_patterns_start_from_the_file_that_has_them(tree: Path) -> None:
    (tree / "pkg" / "devlint.toml").write_text("extend-exclude = ['/deep', '/a.py']\n")
    assert found(".") == ["a.py", "pkg/b.py", "pkg/generated/f.py", "stub.pyi"]


@pytest.mark.parametrize("path", ["build", "build/d.py", "pkg/generated/f.py"])
def test_force_exclude_holds_for_what_is_named(tree: Path, path: str) -> None:
    flags = switch("force-exclude") | flag("extend-exclude", "generated/")
    assert found(path, "a.py", flags=flags) == ["a.py"]
    assert excluded(tree / path, Configuration(flags))


def test_ignore_files_are_nested_and_the_deepest_decides(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".gitignore").write_text("*.pyi\n/pkg/generated/\nc.py\n")
    (tree / "pkg" / ".gitignore").write_text("!c.py\nb.py\n")
    assert found(".") == ["a.py", "pkg/deep/c.py"]
    assert found("pkg") == ["pkg/deep/c.py"]
    assert found(".", flags=switch("respect-gitignore", False)) == [
        "a.py", "pkg/b.py", "pkg/deep/c.py", "pkg/generated/f.py", "stub.pyi",
    ]  # fmt: skip


def test_an_ignore_file_above_the_repository_says_nothing(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.py\n")
    (tree / "pkg" / ".git").mkdir()
    assert found("pkg/deep") == ["pkg/deep/c.py"]


def test_links_to_folders_are_not_followed(tree: Path) -> None:
    (tree / "pkg" / "loop").symlink_to(tree)
    (tree / "gone.py").symlink_to(tree / "nowhere.py")
    assert found(".") == ["a.py", "pkg/b.py", "pkg/deep/c.py", "pkg/generated/f.py", "stub.pyi"]


def test_a_path_that_there_is_not(tree: Path) -> None:
    with pytest.raises(DevlintError, match=r"pkg/bb.py: no such file or folder") as caught:
        found("a.py", "pkg/bb.py")
    assert caught.value.hint == "did you mean `b.py`?"


def test_paths_outside_the_current_directory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "pkg" / "deep")
    assert found("../b.py", ".") == ["../b.py", "c.py"]


def test_lines_of_an_ignore_file_that_are_no_patterns(tree: Path, recwarn: pytest.WarningsRecorder) -> None:
    (tree / ".gitignore").write_text("\\\n!\n[z-a]\n[[:alpha:]]\na.py\n[\n")
    assert "a.py" not in found(".")
    assert "stub.pyi" in found(".")
    assert not recwarn.list
