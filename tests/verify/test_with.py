"""``devlint verify --with``, as users run it: with real commands on temporary projects.

Most of them play one machine, a Mac, so that there are two runs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from devlint.shim.play import Ended
from devlint.shim.suites import Outcome
from devlint.verify.command import Run
from devlint.verify.ledger import differences, verdict
from devlint.verify.matrix import Matrix
from devlint.world import World, played, world_named

PYTEST = f"{sys.executable} -m pytest -p no:cacheprovider"
#: fails on an accelerator; has a safe fix
APP = """\
import torch

DEVICE = torch.accelerator.current_accelerator() or "cpu"

def embed(audio):
    model = torch.nn.Linear(4, 4).to("mps")
    return model(audio.to("mps")).detach().numpy()
"""
TEST = """\
import torch
import app

def test_embed():
    assert app.embed(torch.zeros(1, 4)).shape == (1, 4)

def test_other():
    assert True
"""


@dataclass(frozen=True)
class Project:
    """A project of one machine with a Mac's GPU, unless it says otherwise."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    targets: str = '["mps"]'

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    def argv(self, command: str, *argv: str) -> list[str]:
        targets = ("--config", f"targets={self.targets}")
        return [sys.executable, "-m", "devlint", "verify", "--with", command, *targets, *argv]

    def verify(self, command: str, *argv: str, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.argv(command, *argv),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env=self.env | env,
        )
        assert done.returncode == status, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def data(self, command: str, *argv: str, status: int = 0, **env: str) -> dict[str, Any]:
        """What the JSON output says."""
        said = json.loads(self.verify(command, "--output-format", "json", *argv, status=status, **env).stdout)
        assert isinstance(said, dict)
        return said


@pytest.fixture
def project(tmp_path: Path, cache_home: Path) -> Project:
    (tmp_path / "temporary").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEVLINT_", "PYTEST_", "COV_"))}
    env = {"XDG_CACHE_HOME": str(cache_home), "TMPDIR": str(tmp_path / "temporary"), "COLUMNS": "100"}
    project = Project(tmp_path / "project", kept | env)
    project.write("pyproject.toml", "[tool.devlint]\n")
    project.write("app.py", APP)
    return project


def cells(said: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """What became of each test before and after, in the only world."""
    found = {}
    for row in said["tests"]:
        (cell,) = row["worlds"].values()
        found[row["test"]] = tuple(cell[side] and cell[side]["outcome"] for side in ("before", "after"))
    return found


def temporary(project: Project) -> list[str]:
    """What is left in the folder for temporary files."""
    return os.listdir(project.env["TMPDIR"])


def test_a_matrix_shows_what_differs_between_worlds_and_sides(project: Project) -> None:
    project.write(
        "app.py",
        """\
        import torch

        def embed(audio):
            device = "cuda" if torch.cuda.is_available() else "cpu"
            model = torch.nn.Linear(4, 4).to(device)
            return model(audio.to(device)).detach().numpy()
        """,
    )
    project.write(
        "tests/test_app.py",
        TEST
        + """\

import pytest

@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs two")
def test_two():
    assert False
""",
    )
    text = (project.folder / "app.py").read_text()
    worlds = Project(project.folder, project.env, '["cpu", "cuda"]')
    done = worlds.verify(f"{PYTEST} tests", "app.py")
    assert done.stderr == (
        f"devlint: runs `{PYTEST} tests` in a copy of this tree, before and after 1 fix, "
        "in cpu, driverless, cuda, cuda-x2\n"
    )
    assert done.stdout.splitlines() == [
        "before, cpu: 2 passed, 1 skipped",
        "before, driverless: 2 passed, 1 skipped",
        "before, cuda: 1 failed, 1 passed, 1 skipped",
        "before, cuda-x2: 2 failed, 1 passed",
        "after, cpu: 2 passed, 1 skipped",
        "after, driverless: 2 passed, 1 skipped",
        "after, cuda: 2 passed, 1 skipped",
        "after, cuda-x2: 2 passed, 1 failed",
        "                               cpu      driverless  cuda             cuda-x2",
        "tests/test_app.py::test_embed  passed   passed      FAILED > passed  FAILED > passed",
        "tests/test_app.py::test_two    skipped  skipped     skipped          FAILED",
        "the same in every world, before and after: 1 passed",
        "1 fix in cpu, driverless, cuda, cuda-x2: 2 of 3 failures gone, nothing that passed fails.",
    ]
    assert (project.folder / "app.py").read_text() == text
    assert {path.name for path in project.folder.rglob("*")} == {"pyproject.toml", "app.py", "tests", "test_app.py"}
    assert temporary(project) == []


def test_a_fix_after_which_something_fails_is_refuted(project: Project) -> None:
    project.write(
        "test_app.py",
        """\
        import app, pytest, torch
        def test_it_raises():
            with pytest.raises(TypeError, match="to numpy"):
                app.embed(torch.zeros(1, 4))
        """,
    )
    done = project.verify(PYTEST, status=1)
    assert done.stdout.splitlines()[-4:] == [
        "refuted: test_app.py::test_it_raises passed before and fails after in mps: Failed: DID NOT RAISE TypeError",
        "with the fixes:",
        "    app.py:7:12: DEV201 numpy-without-cpu",
        "1 fix in mps: no failure before, 1 that passed fails.",
    ]


def test_json_says_it_all(project: Project) -> None:
    project.write("test_app.py", TEST)
    said = project.data(PYTEST)
    assert said["version"] == 1
    assert (said["command"], said["worlds"], said["refuted"]) == (PYTEST, ["mps"], [])
    assert [(fix["path"], fix["line"], fix["code"], fix["safety"], fix["tried"]) for fix in said["fixes"]] == [
        ("app.py", 7, "DEV201", "safe", True)
    ]
    assert [(one["world"], one["side"], one["status"], one["unsupported"]) for one in said["runs"]] == [
        ("mps", "before", 1, None),
        ("mps", "after", 0, None),
    ]
    assert "1 failed, 1 passed" in said["runs"][0]["output"]
    assert cells(said) == {
        "test_app.py::test_embed": ("failed", "passed"),
        "test_app.py::test_other": ("passed", "passed"),
    }
    before = said["tests"][0]["worlds"]["mps"]["before"]
    assert before["reason"].startswith("TypeError: can't convert mps:0 device type tensor to numpy.")


def test_any_other_command_is_one_row(project: Project) -> None:
    project.write(
        "test_app.py",
        """\
        import unittest, torch, app
        class Test(unittest.TestCase):
            def test_it(self): app.embed(torch.zeros(1, 4))
        """,
    )
    command = f"{sys.executable} -m unittest"
    done = project.verify(command)
    assert done.stdout.splitlines() == [
        "before, mps: status 1: FAILED (errors=1)",
        "after, mps: passed",
        f"{'':{len(command)}}  mps",
        f"{command}  STATUS 1 > passed",
        "1 fix in mps: 1 of 1 failure gone, nothing passed before.",
    ]


def test_unsafe_fixes_are_tried_on_demand(project: Project) -> None:
    project.write("app.py", "import torch\n\ndef load(path):\n    return torch.load(path)\n")
    project.write("test_app.py", "def test_it(): pass\n")
    worlds = Project(project.folder, project.env, '["cpu"]')
    done = worlds.verify(PYTEST, status=2)
    assert done.stderr == "error: no fixes to try; `--unsafe-fixes` adds 1\n"
    said = worlds.data(PYTEST, "--unsafe-fixes")
    assert [(fix["code"], fix["safety"]) for fix in said["fixes"]] == [("DEV207", "unsafe")]


# -- the copy is what runs


def test_the_copy_is_imported_although_python_s_path_and_the_command_name_the_tree(project: Project) -> None:
    (project.folder / "app.py").rename(project.write("src/space/app.py", ""))
    project.write("src/kept/data/__init__.py", "")
    project.write(".gitignore", "kept/\n")
    tests = project.write(
        "tests/test_app.py",
        """\
        import os, torch, kept.data  # which is not copied
        from space import app
        def test_embed():
            assert os.path.dirname(__file__) == os.path.join(os.getcwd(), "tests")
            app.embed(torch.zeros(1, 4))
        """,
    )
    said = project.data(f"{PYTEST} --rootdir={project.folder} {tests}::test_embed", PYTHONPATH=path(project, "src"))
    assert cells(said) == {"tests/test_app.py::test_embed": ("failed", "passed")}


def test_the_copy_is_imported_although_a_finder_knows_the_tree(project: Project) -> None:
    """As setuptools installs a project in editable mode."""
    (project.folder / "app.py").rename(project.write("src/app/__init__.py", ""))
    project.write("src/app/part.py", "")
    finder = """\
        import sys
        from importlib.util import spec_from_file_location
        class Finder:
            def find_spec(self, name, path=None, target=None):
                return spec_from_file_location(name, {!r}) if name == "app" else None
        sys.meta_path.append(Finder())
        """
    at = project.folder / "src" / "app" / "__init__.py"
    (project.folder.parent / "site").mkdir()
    (project.folder.parent / "site" / "sitecustomize.py").write_text(dedent(finder).format(str(at)))
    test = (
        "import os, app.part\ndef test_part(): assert os.path.dirname(app.part.__file__) == os.getcwd() + '/src/app'\n"
    )
    project.write("tests/test_app.py", TEST + test)
    said = project.data(f"{PYTEST} tests", PYTHONPATH=path(project, "../site"))
    assert cells(said) == {
        "tests/test_app.py::test_embed": ("failed", "passed"),
        "tests/test_app.py::test_other": ("passed", "passed"),
        "tests/test_app.py::test_part": ("passed", "passed"),
    }


def path(project: Project, name: str) -> str:
    """A PYTHONPATH with a folder of the project before what is there."""
    return os.pathsep.join(filter(None, (str(project.folder / name), project.env.get("PYTHONPATH", ""))))


def test_a_command_may_run_in_a_folder_of_the_tree_and_with_a_program_that_is_not_copied(project: Project) -> None:
    project.write("tests/test_app.py", TEST)
    project.write(".venv/bin/run", f'#!/bin/sh\nPYTHONPATH=$(pwd)/..:$PYTHONPATH exec {PYTEST} "$@"\n').chmod(0o755)
    inner = Project(project.folder / "tests", project.env)
    for program in ("../.venv/bin/run", f"{project.folder}/.venv/bin/run"):
        assert cells(inner.data(f"{program} .", ".."))["tests/test_app.py::test_embed"] == ("failed", "passed"), program


def test_every_run_finds_the_tree_as_it_was(project: Project) -> None:
    project.write(
        "program.py",
        """\
        import os
        assert not os.path.exists("made")
        os.makedirs("made/closed")
        open("made/closed/file", "w").close()
        open("app.py", "a").write("changed")
        os.chmod("made/closed", 0)
        os.chmod("made", 0o500)
        """,
    )
    assert cells(project.data(f"{sys.executable} program.py")) == {f"{sys.executable} program.py": ("passed", "passed")}
    assert (project.folder / "app.py").read_text() == APP
    assert temporary(project) == []


def test_a_repaired_file_may_be_read_only_or_a_link(project: Project) -> None:
    (project.folder / "app.py").rename(project.write("real/app.py", ""))
    (project.folder / "real" / "app.py").chmod(0o444)
    (project.folder / "app.py").symlink_to("real/app.py")
    outside = project.folder.parent / "other.py"
    outside.write_text(APP)
    (project.folder / "other.py").symlink_to(outside)
    project.write("test_app.py", TEST)
    project.write("test_other.py", TEST.replace("app", "other"))
    found = cells(project.data(PYTEST, "app.py", "other.py"))
    assert found["test_app.py::test_embed"] == found["test_other.py::test_embed"] == ("failed", "passed")
    assert outside.read_text() == (project.folder / "real" / "app.py").read_text() == APP


def test_a_fix_of_which_nothing_was_run_is_named(project: Project) -> None:
    project.write("unused.py", f"{APP}\nif __name__ == '__main__':\n    print('started')\n")
    project.write("test_app.py", TEST)
    done = project.verify(PYTEST, "--output-format", "json")
    tried = {fix["path"]: fix["tried"] for fix in json.loads(done.stdout)["fixes"]}
    assert tried == {"app.py": True, "unused.py": False}
    assert "warning: unused.py: none of it was run, so that its fixes were not tried\n" in done.stderr


def test_a_pytest_that_a_test_starts_is_recorded_alone(project: Project) -> None:
    project.write("inner/test_inner.py", "def test_inner(): assert False\n")
    project.write(
        "test_outer.py",
        f"""\
        import os, subprocess
        def test_outer():
            assert os.environ["PYTEST_ADDOPTS"].split() == ["-p", "no:cacheprovider"]
            assert subprocess.run({PYTEST.split()!r} + ["inner"]).returncode == 1
        """,
    )
    said = project.data(f"{PYTEST} test_outer.py", PYTEST_ADDOPTS="-p no:cacheprovider")
    assert cells(said) == {"test_outer.py::test_outer": ("passed", "passed")}


# -- no verdict


def test_a_death_by_signal_is_no_verdict(project: Project) -> None:
    project.write(
        "test_app.py",
        """\
        import os, signal
        def test_one(): pass
        def test_two():
            if ".cpu()" in open("app.py").read(): os.kill(os.getpid(), signal.SIGSEGV)
        """,
    )
    done = project.verify(PYTEST)
    assert "test_app.py::test_two" in done.stdout
    assert "passed > UNSUPPORTED" in done.stdout
    assert "after, mps: 1 passed, unsupported: the process died by SIGSEGV in world `mps`; no verdict" in done.stdout
    assert done.stdout.endswith("no failure before, nothing that passed fails.\n")
    shell = project.data("sh -c '" + PYTEST + "; exit $?'")
    assert shell["runs"][1]["unsupported"] == "unsupported: the process died by SIGSEGV in world `mps`; no verdict"


def test_what_cannot_be_played_is_no_verdict_even_if_the_program_catches_it(project: Project) -> None:
    project.write(
        "test_app.py",
        """\
        from devlint.shim import Unsupported
        FIXED = ".cpu()" in open("app.py").read()
        def test_caught():
            try:
                if FIXED: raise Unsupported("aten::nothing")
            except NotImplementedError: pass
        def test_failed():
            if FIXED: raise Unsupported("aten::nothing")
        def test_fine(): pass
        """,
    )
    said = project.data(PYTEST)
    assert cells(said) == {
        "test_app.py::test_caught": ("passed", "unsupported"),
        "test_app.py::test_failed": ("passed", "unsupported"),
        "test_app.py::test_fine": ("passed", "passed"),
    }
    assert said["refuted"] == []
    assert said["runs"][1]["unsupported"] == "unsupported: aten::nothing in world `mps`; no verdict"


def test_what_takes_too_long_is_ended_and_no_verdict(project: Project) -> None:
    project.write(
        "program.py",
        """\
        import subprocess, sys
        if ".cpu()" in open("app.py").read():
            subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
        """,
    )
    start = time.monotonic()
    done = project.verify(f"{sys.executable} program.py", "--timeout", "9")
    assert time.monotonic() - start < 300
    assert "after, mps: timed out: ended after 9 s in world `mps`; no verdict\n" in done.stdout
    assert "passed > TIMED OUT" in done.stdout


def test_a_command_without_a_python_that_plays_is_no_verdict(project: Project) -> None:
    said = project.data(f"{sys.executable} -I -c pass")
    assert [run["outcome"]["outcome"] for run in said["runs"]] == ["unsupported", "unsupported"]
    assert said["runs"][0]["unsupported"] == "unsupported: no Python of it plays world `mps`; no verdict"


def test_who_ends_it_leaves_nothing_behind(project: Project) -> None:
    mark = project.folder.parent / "mark"
    project.write("program.py", f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
    process = subprocess.Popen(project.argv(f"{sys.executable} program.py"), cwd=project.folder, env=project.env)
    while not mark.exists() or not mark.read_text():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert temporary(project) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


# -- wrong calls


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-program --x", "error: `no-such-program` cannot be started: No such file or directory; give "),
        ("./app.py", "error: `./app.py` cannot be started: Permission denied; "),
        ("python 'x", "error: `python 'x` is no command: No closing quotation\n"),
        ("", "error: which command? `--with` is given none; devlint verify --with "),
        (PYTEST, "is wrong before any fix: no tests ran in "),
        (f"{PYTEST} nowhere.py", "is wrong before any fix: ERROR: file or directory not found: nowhere.py\n"),
    ],
)
def test_a_wrong_command(project: Project, command: str, said: str) -> None:
    assert said in project.verify(command, status=2).stderr
    assert temporary(project) == []


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--timeout", "0"), "must be a number of seconds, not '0'"),
        (("missing.py",), "error: missing.py: no such file or folder"),
        (("../other.py",), "error: ../other.py: not in the project of this folder, "),
        (("fine.py",), "error: no fixes to try\n"),
        (("--config", 'targets=["mps", "rocm"]'), "world `rocm` can be declared as a target, and not be played\n"),
        (("--config", 'worlds.odd={base="cuda", device="odd"}', "--config", 'targets=["odd"]'), "no world `odd`"),
    ],
)
def test_a_wrong_call(project: Project, argv: tuple[str, ...], said: str) -> None:
    project.write("../other.py", APP)
    project.write("fine.py", "import torch\n")
    project.write("app.py", APP.replace('"mps"', "DEVICE"))
    assert said in project.verify(PYTEST, *argv, status=2).stderr


def test_its_options_go_with_it(project: Project) -> None:
    for option in (("--unsafe-fixes",), ("--timeout", "5")):
        argv = [sys.executable, "-m", "devlint", "verify", *option]
        done = subprocess.run(argv, cwd=project.folder, capture_output=True, text=True, check=False, env=project.env)
        assert done.returncode == 2
        assert "--unsafe-fixes and --timeout go with --with" in done.stderr


# -- without processes


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("cpu", "cpu"),
        ("driverless", "driverless"),
        ("cuda-requested", "cuda"),
        ("cuda-cpu-requested", "cuda"),
        ("cuda-openvino", "cuda"),
        ("cuda-x2", "cuda-x2"),
        ("cuda-x4", "cuda-x4"),
        ("mps-requested", "mps"),
        ("rocm-requested", "rocm"),
    ],
)
def test_worlds_that_are_one_machine_are_played_once(name: str, machine: str) -> None:
    assert played(world_named(name)) == world_named(machine)


def test_a_world_of_the_project_s_own_is_played_as_its_machine() -> None:
    assert played(World("big", "cuda", 8, "cuda")).name == "cuda-x8"
    assert played(World("ascend", "npu", 1, "npu", module="torch_npu")).name == "npu"


PASSED, FAILED, ERROR = Outcome("passed", False), Outcome("failed", True, "TypeError: no"), Outcome("error", True, "no")


def run_of(tests: Mapping[str, Outcome], code: int = 0, output: str = "") -> Run:
    return Run(Ended(world_named("cpu"), code), tests, output, None, True, frozenset())


def test_a_module_that_cannot_be_collected_any_more_is_refuted() -> None:
    before = [run_of({"t.py::a": PASSED, "u.py::b": FAILED}, 1)]
    matrix = Matrix("pytest", before, [run_of({"t.py": ERROR}, 2, "1 error\n")])
    assert [(row.name, worlds) for row, worlds in matrix.broken.items()] == [("t.py", ["cpu"])]
    assert "t.py     passed > ERROR\n" in differences(matrix)
    assert "refuted: t.py passed before and fails after in cpu: no\n" in verdict(matrix, ())


def test_a_run_that_gets_to_no_test_any_more_is_refuted() -> None:
    matrix = Matrix("pytest", [run_of({"t.py::a": PASSED})], [run_of({}, 4, "ImportError: no\n")])
    assert [(row.name, worlds) for row, worlds in matrix.broken.items()] == [("pytest", ["cpu"])]
    assert "refuted: pytest passed before and fails after in cpu: ImportError: no\n" in verdict(matrix, ())


def test_a_module_that_can_be_collected_now_counts_as_mended() -> None:
    matrix = Matrix("pytest", [run_of({"t.py": ERROR}, 2)], [run_of({"t.py::a": PASSED})])
    assert verdict(matrix, ()) == "0 fixes in cpu: 1 of 1 failure gone, nothing passed before.\n"


def test_a_failure_that_stays_is_nobody_s_fault() -> None:
    matrix = Matrix("pytest", [run_of({"t.py::a": FAILED}, 1)], [run_of({"t.py::a": FAILED}, 1)])
    assert differences(matrix) == "the same in every world, before and after: 1 failed\n"
    assert not matrix.broken
