"""Small projects with bugs that were reported of large ones: of the same shape, through the same calls.

A comment ``# expect: DEV302 cpu`` marks the line of a finding and its witness world; ``# same-cause: DEV302`` a place
that a finding names as one of its own cause. Every other line stays silent.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from devlint.cli import main

PROJECTS = Path(__file__).parent / "projects"
_EXPECTED = re.compile(r"# expect: (?P<expected>DEV\d+ [\w-]+(?:, DEV\d+ [\w-]+)*)")
_SAME_CAUSE = re.compile(r"# same-cause: (?P<code>DEV\d+)")
#: a program for CUDA alone is a finding to the pedantic
_OPTIONS = {"cuda_alone": ["--pedantic"]}


@pytest.fixture(params=sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, in a place where nothing around it says where its root is, as the current directory."""
    folder = tmp_path / request.param
    shutil.copytree(PROJECTS / request.param, folder)
    monkeypatch.chdir(folder)
    return folder


def marks(folder: Path, pattern: re.Pattern[str]) -> set[tuple[str, int, str]]:
    """What comments of a project say, by file and line."""
    return {
        (path.relative_to(folder).as_posix(), number, text.strip())
        for path in folder.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in pattern.finditer(line)
        for text in match[1].split(",")
    }


def findings(capsys: pytest.CaptureFixture[str], *paths: str) -> list[dict[str, Any]]:
    options = _OPTIONS.get(Path.cwd().name, [])
    main(["check", "--isolated", "--output-format", "json", "--exit-zero", *options, *paths])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return found


def test_each_bug_is_found_once_and_nothing_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(capsys, ".")
    assert {(f["path"], f["line"], f"{f['code']} {f['witness']}") for f in found} == marks(project, _EXPECTED)
    places = {(r["path"], r["line"], f["code"]) for f in found for r in f["related"] if r["same_cause"]}
    assert places == marks(project, _SAME_CAUSE)


def test_what_is_found_does_not_depend_on_which_files_are_passed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = findings(capsys, ".")
    for path in sorted(project.rglob("*.py")):
        name = path.relative_to(project).as_posix()
        concerned = [f for f in whole if name in {f["path"], *(r["path"] for r in f["related"] if r["same_cause"])}]
        assert findings(capsys, name) == concerned
