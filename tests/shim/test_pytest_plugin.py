"""``pytest --devlint-world``: every world in a process of its own, one report, nothing where it is not used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Shell

from devlint.shim.play import Ended
from devlint.shim.suites import Outcome, Suite, merged, status
from devlint.world import world_named

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLUGIN = ("-p", "devlint.shim.pytest_plugin", "-p", "no:cacheprovider")
CONFTEST = """\
from torch.cuda import is_available
import torch

HERE = torch.zeros(1, device="cuda") if is_available() else None  # the world holds in a conftest already

def pytest_addoption(parser):
    parser.addoption("--mine", action="store_true")
"""
TESTS = """\
import pytest
import torch
from torch.cuda import is_available

DEVICE = "cuda" if is_available() else "cpu"

@pytest.mark.skipif(is_available(), reason="for the CPU")
def test_cpu():
    assert DEVICE == "cpu"

@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gpu():
    assert torch.ones(2, device="cuda").is_cuda

def test_bug():
    assert torch.ones(2, device=DEVICE).numpy().sum() == 2

def test_right(request):
    assert request.config.getoption("--mine")
    assert torch.ones(2, device=DEVICE).cpu().numpy().sum() == 2

@pytest.mark.xfail(strict=True)
def test_expected():
    assert False

@pytest.fixture
def broken():
    yield
    torch.ones(2, device=DEVICE).numpy()

def test_teardown(broken):
    pass
"""


def suite(shell: Shell, *argv: str, status: int = 0, **env: str) -> str:
    """What pytest prints, standard error behind; no plug-in is loaded but devlint's."""
    done = shell.python("-m", "pytest", *PLUGIN, *argv, status=status, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **env)
    return done.stdout + done.stderr


def report(said: str) -> list[list[str]]:
    """The words of each line of the merged report."""
    lines = said.splitlines()
    start = max(number for number, line in enumerate(lines) if " devlint: " in line and " world" in line)
    return [line.split() for line in lines[start + 1 :] if not line.startswith("devlint: ")]


def test_one_report_says_what_fails_where(shell: Shell) -> None:
    shell.write("conftest.py", CONFTEST)
    shell.write("test_app.py", TESTS)
    said = suite(shell, "--devlint-world", "cpu,cuda-x2", "--mine", status=1)
    assert report(said) == [
        ["cpu", "cuda-x2"],
        ["test_app.py::test_cpu", "passed", "skipped"],
        ["test_app.py::test_gpu", "skipped", "passed"],
        ["test_app.py::test_bug", "passed", "FAILED"],
        ["test_app.py::test_teardown", "passed", "ERROR"],
        "the same in every world: 1 passed, 1 xfailed".split(),
        "cpu: 4 passed, 1 skipped, 1 xfailed".split(),
        "cuda-x2: 1 skipped, 2 passed, 1 failed, 1 xfailed, 1 error".split(),
    ]
    assert "devlint: worlds `cpu`, `cuda-x2`: placement and errors are simulated, not numerics or speed\n" in said
    assert "TypeError: can't convert cuda:0 device type tensor to numpy." in said


def test_without_a_failure_it_exits_with_0(shell: Shell) -> None:
    shell.write("test_app.py", TESTS)
    said = suite(shell, "--devlint-world=cpu,cuda", "-k", "cpu or gpu or expected")
    assert "the same in every world: 1 xfailed" in said


def test_a_single_world(shell: Shell) -> None:
    shell.write("test_app.py", TESTS)
    said = suite(shell, "--devlint-world", "cuda", "-k", "gpu or bug", status=1)
    assert report(said)[1:] == [
        ["test_app.py::test_bug", "FAILED"],
        "the same in every world: 1 passed".split(),
        "cuda: 1 passed, 1 failed".split(),
    ]


def test_workers_of_xdist_play_it(shell: Shell) -> None:
    shell.write("conftest.py", CONFTEST)
    shell.write("test_app.py", TESTS)
    said = suite(shell, "-p", "xdist.plugin", "-n", "2", "--devlint-world", "cpu,cuda", "--mine", status=1)
    rows = report(said)
    assert sorted(row for row in rows if row[0].startswith("test_app")) == [
        ["test_app.py::test_bug", "passed", "FAILED"],
        ["test_app.py::test_cpu", "passed", "skipped"],
        ["test_app.py::test_gpu", "skipped", "passed"],
        ["test_app.py::test_teardown", "passed", "ERROR"],
    ]
    assert said.count("2 workers [6 items]") == 2


def test_a_module_that_cannot_be_collected_fails(shell: Shell) -> None:
    shell.write("test_app.py", "import torch\nX = torch.ones(1, device='cuda')\ndef test_it(): pass\n")
    said = suite(shell, "--devlint-world", "cuda,cpu", status=1)
    assert ["test_app.py", "-", "ERROR"] in report(said)
    assert ["test_app.py::test_it", "passed", "-"] in report(said)


def test_a_module_that_is_skipped_is_listed(shell: Shell) -> None:
    text = "import pytest, torch\nif not torch.cuda.is_available(): pytest.skip('GPU', allow_module_level=True)\n"
    shell.write("test_app.py", text + "def test_it(): pass\n")
    said = suite(shell, "--devlint-world", "cuda,cpu")
    assert ["test_app.py", "-", "skipped"] in report(said)


def test_a_death_by_signal_is_no_verdict_and_fails(shell: Shell) -> None:
    text = "import os, torch\ndef test_one(): pass\ndef test_two():\n    "
    shell.write("test_app.py", text + "if torch.cuda.is_available(): os.kill(os.getpid(), 11)\n")
    said = suite(shell, "--devlint-world", "cuda,cpu", status=1)
    assert ["test_app.py::test_two", "-", "passed"] in report(said)
    assert "unsupported: the process died by SIGSEGV in world `cuda`; no verdict" in said


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_what_the_shim_cannot_play_is_neither_a_pass_nor_a_plain_failure(
    shell: Shell, workers: tuple[str, ...]
) -> None:
    text = """\
        from devlint.shim import Unsupported
        def test_raised(): raise Unsupported("aten::nothing")
        def test_caught():
            try: raise Unsupported("aten::nothing")
            except NotImplementedError: pass
        """
    shell.write("test_app.py", text)
    said = suite(shell, *workers, "--devlint-world", "cuda", status=1)
    assert report(said)[1:] == [
        ["test_app.py::test_raised", "UNSUPPORTED"],
        ["test_app.py::test_caught", "UNSUPPORTED"],
        "cuda: 2 unsupported, unsupported: aten::nothing in world `cuda`; no verdict".split(),
    ]


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_neither_is_what_it_cannot_play_while_a_module_is_imported(shell: Shell, workers: tuple[str, ...]) -> None:
    shell.write("test_app.py", "from devlint.shim import Unsupported\nraise Unsupported('aten::nothing')\n")
    said = suite(shell, *workers, "--devlint-world", "cuda", status=1)
    assert ["test_app.py", "UNSUPPORTED"] in report(said)


def test_a_worker_of_xdist_that_dies_by_signal_is_no_verdict(shell: Shell) -> None:
    shell.write("test_app.py", "import os\ndef test_one(): os.kill(os.getpid(), 11)\ndef test_two(): pass\n")
    said = suite(shell, "-p", "xdist.plugin", "-n", "1", "--devlint-world", "cpu", status=1)
    assert ["test_app.py::test_one", "UNSUPPORTED"] in report(said)
    assert "the same in every world: 1 passed".split() in report(said)


def test_a_test_that_starts_pytest_is_recorded_alone(shell: Shell) -> None:
    shell.write("inner/test_inner.py", "def test_inner(): assert False\n")
    text = "import subprocess, sys\ndef test_outer():\n    argv = [sys.executable, '-m', 'pytest', *{!r}, 'inner']\n"
    shell.write("test_app.py", text.format(PLUGIN) + "    assert subprocess.run(argv).returncode == 1\n")
    said = suite(shell, "--devlint-world", "cpu", "test_app.py")
    assert report(said) == ["the same in every world: 1 passed".split(), "cpu: 1 passed".split()]


def test_the_cpu_may_refuse_half_precision_as_it_used_to(shell: Shell) -> None:
    text = "import torch\ndef test_it():\n    torch.nn.Linear(2, 2).half()(torch.ones(1, 2).half())\n"
    shell.write("test_app.py", text)
    suite(shell, "--devlint-world", "cpu")
    said = suite(shell, "--devlint-world", "cpu", "--devlint-legacy-half", status=1)
    assert "\"addmm_impl_cpu_\" not implemented for 'Half'" in said


def test_the_options_of_a_run_are_there_for_a_suite(shell: Shell) -> None:
    text = """\
        import torch
        def test_copy(): assert torch.ones(1, device="cuda").to("cpu", non_blocking=True).item() == 0
        def test_memory(): assert torch.cuda.mem_get_info()[1] == 1 << 30
        """
    shell.write("test_app.py", text)
    said = suite(shell, "--devlint-world", "cuda", "--devlint-async-copies", "--devlint-device-memory", "1GiB")
    assert report(said)[-1] == "cuda: 2 passed".split()


def test_options_may_stand_in_the_configuration(shell: Shell) -> None:
    shell.write("pytest.ini", "[pytest]\naddopts = --devlint-world cuda\n")
    shell.write("test_app.py", "import torch\ndef test_it(): assert torch.cuda.is_available()\n")
    assert report(suite(shell))[-1] == "cuda: 1 passed".split()


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("--devlint-world", "cdua"), 4, "ERROR: there is no world `cdua`; did you mean `cuda`?"),
        (("--devlint-world", "cpu", "--no-such-option"), 4, "unrecognized arguments: --no-such-option"),
        (("--devlint-world", "cpu,cuda", "-k", "nothing"), 5, "cuda: no tests"),
    ],
)
def test_wrong_calls_and_no_tests_keep_pytest_s_exit_codes(
    shell: Shell, argv: tuple[str, ...], code: int, said: str
) -> None:
    shell.write("test_app.py", "def test_it(): pass\n")
    assert said in suite(shell, *argv, status=code)


def test_where_nothing_is_run_that_is_said(shell: Shell) -> None:
    shell.write("test_app.py", "def test_it(): pass\n")
    assert report(suite(shell, "--devlint-world", "cpu", "--collect-only"))[-1] == "cpu: nothing was run".split()


def test_a_torch_that_cannot_be_played_is_a_wrong_call(shell: Shell, fake_torch: Callable[..., Path]) -> None:
    shell.write("test_app.py", "def test_it(): pass\n")
    path = f"{fake_torch('2.9.1')}:{shell.env['PYTHONPATH']}"
    said = suite(shell, "--devlint-world", "cuda", status=4, PYTHONPATH=path)
    assert "ERROR: worlds are played with torch 2.10 or newer, and this is 2.9.1\n" in said


# -- unused

LOADED = """\
import sys
from collections.abc import Callable
def test_it():
    names = [name for name in sys.modules if name.partition('.')[0] in ('devlint', 'torch', 'libcst')]
    assert sorted(names) == {!r}, names
"""
#: the plug-in, the packages it is in, and the exceptions that these define
OWN = ["devlint", "devlint.error", "devlint.shim", "devlint.shim.profile", "devlint.shim.pytest_plugin"]


def test_unused_it_imports_nothing(shell: Shell) -> None:
    shell.write("test_app.py", LOADED.format(OWN))
    suite(shell, "test_app.py")


def test_pytest_finds_it_by_its_entry_point(shell: Shell) -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    points = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
    listed = "".join(f"{name} = {module}\n" for name, module in points.items())
    shell.write("site/devlint-0.dist-info/entry_points.txt", f"[pytest11]\n{listed}")
    shell.write("site/devlint-0.dist-info/METADATA", "Metadata-Version: 2.1\nName: devlint\nVersion: 0\n")
    shell.write("site/devlint-0.dist-info/RECORD", "devlint/__init__.py,,\ndevlint/shim/pytest_plugin.py,,\n")
    shell.write("pytest.ini", "[pytest]\nfilterwarnings = error\n")
    shell.write("test_app.py", LOADED.format(OWN))
    path = f"{shell.folder}/site:{shell.env['PYTHONPATH']}"
    shell.python("-m", "pytest", "test_app.py", PYTHONPATH=path)
    shell.write("test_app.py", "import torch\ndef test_it(): assert torch.cuda.device_count() == 2\n")
    done = shell.python("-m", "pytest", "--devlint-world", "cuda-x2", "test_app.py", PYTHONPATH=path)
    assert report(done.stdout)[-1] == "cuda-x2: 1 passed".split()


# -- the report, without processes

PASSED, FAILED, SKIPPED = Outcome("passed", False), Outcome("failed", True), Outcome("skipped", False)


def run_of(world: str, code: int = 0, signal: int = 0, **outcomes: Outcome) -> Suite:
    return Suite(Ended(world_named(world), code, signal), outcomes)


@pytest.mark.parametrize(
    ("suites", "expected"),
    [
        ([run_of("cpu"), run_of("cuda")], 0),
        ([run_of("cpu"), run_of("cuda", 5)], 0),
        ([run_of("cpu", 5), run_of("cuda", 5)], 5),
        ([run_of("cpu", 4), run_of("cuda", 4)], 4),
        ([run_of("cpu", 4), run_of("cuda")], 1),
        ([run_of("cpu"), run_of("cuda", 1)], 1),
        ([run_of("cpu", 3)], 1),
        ([run_of("cpu", signal=11)], 1),
    ],
)
def test_the_exit_status_of_the_whole(suites: list[Suite], expected: int) -> None:
    assert status(suites) == expected


def test_a_failure_in_every_world_is_listed() -> None:
    text = merged([run_of("cpu", 1, a=FAILED, b=PASSED), run_of("mps", 1, a=FAILED, b=PASSED)])
    assert text.splitlines()[1:] == [
        "   cpu     mps",
        "a  FAILED  FAILED",
        "the same in every world: 1 passed",
        "cpu: 1 failed, 1 passed",
        "mps: 1 failed, 1 passed",
    ]


def test_a_run_that_failed_without_a_test_says_so() -> None:
    text = merged([run_of("cpu", 3, a=PASSED), run_of("mps", a=PASSED)])
    assert "cpu: 1 passed, exit status 3\n" in text
