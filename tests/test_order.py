"""What control never comes to is told where it ends, also across files, unless somebody declares targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devlint.cli import main

Told = Callable[..., list[tuple[str, int]]]

#: it chooses by availability, and needs CUDA in two places before it gets to the library
SCRIPT = """
import torch
import lib

if torch.cuda.is_available():
    print("fast")
start = torch.zeros(8).cuda()
print(torch.cuda.current_device())
lib.grow(start)
"""
LIB = """
import torch


def grow(x):
    return torch.ones(len(x)).cuda()
"""
AT = ("lib.py", 6)
#: a script that gets to the library
OPEN = "import torch\nimport lib\n\nlib.grow(torch.zeros(8))\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "lib.py").write_text(LIB, encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def check(*arguments: str) -> list[tuple[str, int]]:
        main(["check", "--output-format", "json", *(arguments or (".",))])
        return [(found["path"], found["line"]) for found in json.loads(capsys.readouterr().out)["findings"]]

    return check


def test_with_the_first_crash_of_the_script(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert told() == [("script.py", 7)]
    main(["check", ".", "--exit-zero"])
    full = capsys.readouterr().out
    assert "matters once that is repaired (DEV402)" in full
    assert "matters once that is repaired (DEV401)" in full
    assert "return torch.ones(len(x)).cuda()" in full


def test_whichever_file_is_asked_for(told: Told) -> None:
    assert told("lib.py") == told("script.py") == [("script.py", 7)]


def test_however_many_look_and_whatever_is_known(told: Told, project: Path) -> None:
    for number in range(3):
        (project / f"more{number}.py").write_text(SCRIPT, encoding="utf-8")
    found = [(f"more{number}.py", 7) for number in range(3)] + [("script.py", 7)]
    assert told(".", "--jobs", "2", "--no-cache") == found
    assert told(".", "--cache-dir", "cache") == found
    assert told(".", "--cache-dir", "cache") == found


def test_each_place_where_targets_are_declared(told: Told) -> None:
    assert told(".", "--targets", "cpu,cuda") == [AT, ("script.py", 7), ("script.py", 8)]


def test_one_place_of_a_script_that_has_another_way_is_repaired_in_a_line(told: Told, project: Path) -> None:
    (project / "script.py").write_text(SCRIPT.replace("zeros(8).cuda()", "zeros(8)"), encoding="utf-8")
    assert told() == [AT, ("script.py", 8)]


def test_one_place_of_what_has_no_other_way_is_enough(told: Told, project: Path) -> None:
    steps = "import torch\nimport lib\n\n\ndef run(x):\n    x = x.cuda()\n    return lib.grow(x)\n"
    (project / "steps.py").write_text(steps, encoding="utf-8")
    started = "import torch\nimport steps\n\nprint(torch.cuda.is_available())\nsteps.run(torch.zeros(8))\n"
    (project / "script.py").write_text(started, encoding="utf-8")
    assert told() == [("steps.py", 6)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("other.py", OPEN),
        ("other.py", "import torch, lib\n\nprint(*map(lib.grow, [torch.zeros(8)]))\n"),
        ("other.py", "import torch, lib\n\nif torch.rand(1) > 0.5:\n    torch.ones(1).cuda()\nlib.grow([8])\n"),
        ("other.py", "import lib\n\n\ndef found(name):\n    return getattr(lib, name)\n"),
        ("other.py", "from registry import find\n\nfind('lib:grow')\n"),
        ("tests/test_lib.py", "import torch, lib\n\n\ndef test():\n    lib.grow(torch.zeros(8))\n"),
        ("run.yaml", "step: lib.grow\n"),
        ("try.ipynb", '{"cells": [{"source": ["lib.grow(x)"]}]}'),
    ],
)  # fmt: skip
def test_another_way_is_open(told: Told, project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text(text, encoding="utf-8")
    assert AT in told()


@pytest.mark.parametrize(
    "text",
    [
        "import torch, lib\n\nif torch.cuda.is_available():\n    lib.grow(torch.zeros(8))\n",
        "import lib\n\n__all__ = ['grow']\n",
        SCRIPT.replace("lib.grow(start)", "for _ in range(2):\n    lib.grow(start)"),
    ],
)
def test_no_other_way_is_open(told: Told, project: Path, text: str) -> None:
    (project / "other.py").write_text(text, encoding="utf-8")
    assert AT not in told()


def test_another_name_for_it(told: Told, project: Path) -> None:
    (project / "short.py").write_text("from lib import grow as g\n", encoding="utf-8")
    assert told() == [("script.py", 7)]
    (project / "other.py").write_text("import torch, short\n\nshort.g(torch.zeros(8))\n", encoding="utf-8")
    assert told() == [AT, ("script.py", 7)]


@pytest.mark.parametrize(
    "chosen",
    [
        'device = "cuda" if torch.rand(1) > 0.5 else "cpu"',
        'device = "cpu"\nif torch.rand(1) > 0.5:\n    device = "cuda"',
    ],
)
def test_a_device_that_may_be_another_one_ends_nothing(told: Told, project: Path, chosen: str) -> None:
    moved = "torch.zeros(8).to(device)\nmore = torch.zeros(8, device=device)"
    script = SCRIPT.replace("start =", f"{chosen}\nstart =").replace("torch.zeros(8).cuda()", moved)
    (project / "script.py").write_text(script.replace("print(torch.cuda.current_device())", ""), encoding="utf-8")
    assert AT in told()


def test_any_of_the_places_of_one_cause_ends_it(told: Told, project: Path) -> None:
    (project / "script.py").write_text(
        SCRIPT.replace('print("fast")', "pass\nif torch.rand(1) > 0.5:\n    torch.ones(1).cuda()"), encoding="utf-8"
    )
    assert told() == [("script.py", 8)]


def test_methods_of_what_is_made_past_the_crash(told: Told, project: Path) -> None:
    net = "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n"
    (project / "lib.py").write_text(net + "        return x + torch.ones(8).cuda()\n", encoding="utf-8")
    (project / "script.py").write_text(SCRIPT.replace("lib.grow(", "lib.Net()("), encoding="utf-8")
    assert told() == [("script.py", 7)]
    made_before = SCRIPT.replace("start =", "net = lib.Net()\nstart =").replace("lib.grow(", "net(")
    (project / "script.py").write_text(made_before, encoding="utf-8")
    assert told() == [("lib.py", 7), ("script.py", 8)]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("def run(self):", []),
        ("@staticmethod\n    def run():", [("lib.py", 7)]),
        ("def __init__(self):\n        pass\n\n    def run(self):", [("lib.py", 9)]),
    ],
)
def test_methods_of_a_class_whose_inherited_constructor_crashes(
    told: Told, project: Path, method: str, expected: list[tuple[str, int]]
) -> None:
    base = "import torch\n\n\nclass Base:\n    def __init__(self):\n        self.start = torch.zeros(8).cuda()\n"
    (project / "base.py").write_text(base, encoding="utf-8")
    lib = f"import torch\nimport base\n\nclass Steps(base.Base):\n    {method}\n        return torch.ones(8).cuda()\n"
    (project / "lib.py").write_text(lib, encoding="utf-8")
    script = "import torch\nimport lib\n\nprint(torch.cuda.is_available())\nlib.Steps().run()\n"
    (project / "script.py").write_text(script, encoding="utf-8")
    assert told() == [("base.py", 6), *expected]


def test_functions_that_call_each_other(told: Told, project: Path) -> None:
    around = "\n\ndef odd(x):\n    return even(x)\n\n\ndef even(x):\n    return grow(x) if x.dim() else odd(x)\n"
    (project / "lib.py").write_text(LIB + around, encoding="utf-8")
    (project / "script.py").write_text(SCRIPT.replace("lib.grow(", "lib.odd("), encoding="utf-8")
    assert told() == [("script.py", 7)]
    (project / "other.py").write_text(OPEN.replace("grow", "even"), encoding="utf-8")
    assert told() == [AT, ("script.py", 7)]


def test_a_package_is_for_others_too(told: Told, project: Path) -> None:
    package = project / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (project / "lib.py").rename(package / "lib.py")
    script = SCRIPT.replace("import lib", "from package import lib")
    (project / "script.py").write_text(script, encoding="utf-8")
    assert told() == [("script.py", 7)]
    (project / "setup.py").write_text("from setuptools import setup\n\nsetup(name='package')\n", encoding="utf-8")
    assert told() == [("package/lib.py", 6), ("script.py", 7)]


def test_what_is_not_told_ends_nothing(told: Told, project: Path) -> None:
    suppressed = SCRIPT.replace(".cuda()\n", ".cuda()  # devlint: ignore[DEV401] a note to ourselves\n")
    (project / "script.py").write_text(suppressed, encoding="utf-8")
    assert told() == [AT, ("script.py", 8)]


def test_what_is_switched_off_ends_nothing(told: Told, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.devlint.per-file-ignores]\n"script.py" = ["DEV401"]\n', encoding="utf-8"
    )
    assert told() == [AT, ("script.py", 8)]
