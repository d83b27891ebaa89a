"""A program for CUDA alone is noted once, and a finding for the pedantic, unless somebody declares what it is for."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from devlint.cli import main

PROJECT = Path(__file__).parent / "projects" / "cuda_alone"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    (tmp_path / "convert.py").unlink()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, int, str]]:
    main(["check", "--output-format", "json", *arguments])
    return [(f["path"], f["line"], f["code"]) for f in json.loads(capsys.readouterr().out)["findings"]]


EACH = [
    ("evaluate.py", 5, "DEV207"),
    ("evaluate.py", 6, "DEV401"),
    ("evaluate.py", 8, "DEV402"),
    ("net.py", 11, "DEV401"),
]


def test_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "."]) == 0
    told = capsys.readouterr()
    assert "All clear" in told.out
    assert told.err.startswith(
        "note: evaluate.py:6: this program offers no way without CUDA, which it needs in 4 places"
    )
    assert told.err.count("\n") == 1
    main(["check", "net.py"])
    assert capsys.readouterr().err == told.err


def test_no_place_is_repaired(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in project.glob("*.py")}
    assert main(["check", ".", "--fix", "--unsafe-fixes"]) == 0
    assert {path.name: path.read_bytes() for path in project.glob("*.py")} == before
    assert "All clear" in capsys.readouterr().out


def test_to_the_pedantic(capsys: pytest.CaptureFixture[str]) -> None:
    assert places(capsys, ".", "--pedantic") == [("evaluate.py", 6, "DEV401")]
    assert main(["check", "net.py", "--pedantic"]) == 0
    told = capsys.readouterr().out
    assert "3 other places need CUDA in this program, which offers no way without" in told
    assert "and here (DEV207)" in told
    assert 'net.load_state_dict(torch.load("net.pth"))' in told


def test_a_few_are_told_one_by_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "evaluate.py").unlink()
    (project / "script.py").write_text("import net, torch\n\nnet.Net().cuda()\n", encoding="utf-8")
    assert places(capsys, ".", "--pedantic") == [("net.py", 11, "DEV401"), ("script.py", 3, "DEV401")]


@pytest.mark.parametrize("declared", ["cpu,cuda", "cpu"])
def test_each_place_where_targets_are_declared(declared: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert places(capsys, ".", "--targets", declared) == EACH


def test_a_configuration_declares_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text('[tool.devlint]\ntargets = ["cpu", "cuda"]\n', encoding="utf-8")
    assert places(capsys, ".") == EACH


def test_so_does_one_path(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.devlint.per-path-targets]\n"net.py" = ["cpu", "cuda"]\n', encoding="utf-8"
    )
    assert places(capsys, ".") == [("net.py", 11, "DEV401")]


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    text = (project / "evaluate.py").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["check", "-", "--stdin-filename", "evaluate.py"]) == 0
    assert "this program offers no way without CUDA, which it needs in 3 places" in capsys.readouterr().err


def test_one_guard_makes_each_place_a_bug(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (project / "net.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\n")
    assert places(capsys, ".") == [EACH[1], EACH[3]]


SCRIPT = """
import torch

available = torch.cuda.is_available()
net = torch.load("net.pth")
print(torch.cuda.current_device())
net.cuda()


def run(x):
    return net(x.cuda())


print(run(torch.zeros(8)))
"""


def test_where_control_ends(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "script.py").write_text(SCRIPT, encoding="utf-8")
    assert places(capsys, "script.py") == [("script.py", 6, "DEV402")]
    main(["check", "script.py", "--exit-zero"])
    told = capsys.readouterr().out
    assert "matters once that is repaired (DEV207)" in told
    assert told.count("matters once that is repaired (DEV401)") == 2


def test_each_place_where_control_would_end(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "script.py").write_text(SCRIPT, encoding="utf-8")
    found = places(capsys, "script.py", "--targets", "cpu,cuda")
    assert [(line, code) for _, line, code in found] == [(5, "DEV207"), (6, "DEV402"), (7, "DEV401"), (11, "DEV401")]


def test_what_is_suppressed_ends_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suppressed = SCRIPT.replace("current_device())", "current_device())  # devlint: ignore[DEV402] a note to ourselves")
    (project / "script.py").write_text(suppressed, encoding="utf-8")
    assert places(capsys, "script.py") == [("script.py", 7, "DEV401")]
