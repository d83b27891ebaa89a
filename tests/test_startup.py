"""What is loaded before anything is said: modules are counted, not milliseconds."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from devlint.cli import main
from devlint.glance import nothing
from devlint.settings import configuration
from devlint.words import DEFAULT_WORLDS, matters
from devlint.world import DEFAULT_TARGETS, worlds_of

BAD = "import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n"
PLAIN = "print('nothing about it')\n"
CODE = """
import sys
before = set(sys.modules)
sys.argv = ["devlint", *sys.argv[1:]]
from devlint.__main__ import main
try:
    main()
finally:
    print(*set(sys.modules) - before, file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"app.py": BAD, "plain.py": PLAIN, "other.py": "x = 1\n", "build/made.py": PLAIN}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    configuration.find.cache_clear()
    return tmp_path


def loaded(*argv: str) -> set[str]:
    """The modules that a run loads beyond those that Python itself does."""
    done = subprocess.run([sys.executable, "-c", CODE, *argv], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def packages(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_where_nothing_matters_nothing_is_loaded(folder: Path) -> None:
    names = loaded("plain.py", "other.py")
    assert {name for name in names if name.startswith("devlint")} == {
        "devlint", "devlint.__main__", "devlint.cache", "devlint.cache.replay", "devlint.cache.store",
        "devlint.folders", "devlint.glance", "devlint.stamps", "devlint.words",
    }  # fmt: skip
    assert packages(names) == {"devlint", "zlib", "__future__"}


def test_a_folder_in_which_nothing_matters_loads_no_rule(folder: Path) -> None:
    (folder / "app.py").unlink()
    names = loaded("--no-cache")
    assert not {"libcst", "devlint_rules", "json", "tomllib", "torch"} & packages(names)
    assert not {name for name in names if name.startswith("devlint.analysis")}
    assert (
        not {"devlint.rule", "devlint.lint", "devlint.source", "devlint.report.full", "devlint.cache.digests"} & names
    )


def test_a_configuration_is_what_tomllib_is_for(folder: Path) -> None:
    (folder / "app.py").unlink()
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert "tomllib" not in loaded("--no-cache")
    (folder / "pyproject.toml").write_text("[tool.devlint]\n")
    assert {"tomllib", "tomli"} & loaded("--no-cache")


def test_a_candidate_loads_libcst_and_the_rules_that_may_find_it(folder: Path) -> None:
    names = loaded("--no-cache", "--exit-zero", "app.py")
    assert "libcst" in names
    checks = {name.split(".")[1] for name in names if name.startswith("devlint_rules.") and name.endswith(".rule")}
    assert "uncalled_availability" in checks
    assert "numpy_without_cpu" not in checks
    assert not {"torch", "tomllib", "numpy"} & packages(names)
    assert not {"libcst.matchers", "libcst.codemod", "devlint.fix", "devlint.shim", "devlint.report.sarif"} & names
    assert not {name for name in names if name.startswith("devlint.verify")}


def test_what_uses_torch_and_holds_no_candidate_loads_neither_libcst_nor_a_check(folder: Path) -> None:
    (folder / "app.py").write_text("import torch\n\nprint(torch.__version__)\n")
    names = loaded("--no-cache", "app.py")
    assert "libcst" not in names
    assert not {name for name in names if name.startswith("devlint_rules.") and name.endswith(".rule")}


def test_a_directory_that_is_gone_is_a_mistake_and_no_crash(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    code = f"import os, runpy, sys\nos.chdir({str(gone)!r})\nos.rmdir({str(gone)!r})\nsys.argv = ['devlint', '.']\n"
    code += "runpy.run_module('devlint', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")


# -- the short answer is the long one


def at_length(*argv: str) -> str:
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as out:
        assert main(argv) == 0
    out.seek(0)
    return out.read()


@pytest.mark.parametrize(
    "argv",
    [
        ("plain.py",),
        ("check", "plain.py"),
        ("plain.py", "other.py", "./plain.py"),
        ("--no-cache", "plain.py", "-q"),
        ("--force-exclude", "plain.py"),
        ("build/made.py",),
        ("--isolated", "--exit-zero", "plain.py", "--output-format=concise"),
    ],
)
def test_what_is_said_of_files_in_which_nothing_matters(folder: Path, argv: tuple[str, ...]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        said = nothing(argv)
    assert said is not None
    assert said == at_length(*argv)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        (".",),
        ("app.py",),
        ("plain.py", "app.py"),
        ("not_there.py",),
        ("plain.py", "--select", "ALL"),
        ("plain.py", "--targets=cpu"),
        ("--statistics", "plain.py"),
        ("rule", "plain.py"),
        ("-",),
        ("--", "plain.py"),
        ("--force-exclude", "build/made.py"),
        ("-q",),
    ],
)
def test_what_is_left_to_those_who_know(folder: Path, argv: tuple[str, ...]) -> None:
    assert nothing(argv) is None


@pytest.mark.parametrize("name", ["devlint.toml", ".devlint.toml", "pyproject.toml"])
def test_a_configuration_is_left_to_those_who_know(folder: Path, name: str) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "plain.py").write_text(PLAIN)
    assert nothing(("sub/plain.py",)) is not None
    (folder / name).write_text("[tool.devlint]\n")
    assert nothing(("sub/plain.py",)) is None


def test_colours_and_formats_are_left_to_those_who_know(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "DEVLINT_OUTPUT_FORMAT"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "json")
            assert nothing(("plain.py",)) is None


def test_the_worlds_are_those_of_the_default_targets() -> None:
    assert tuple(world.name for world in worlds_of(DEFAULT_TARGETS)) == DEFAULT_WORLDS


@pytest.mark.parametrize("text", ["import torch", "import onnxruntime", "x = 1  # devlint: ignore[DEV101]"])
def test_what_may_matter(text: str) -> None:
    assert matters(text.encode())
    assert not matters(PLAIN.encode())
