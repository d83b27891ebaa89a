"""What a run takes from earlier ones: the same as it would find itself, whatever changed meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import devlint
from devlint import inspection as inspecting
from devlint import lint as linting
from devlint import stamps
from devlint import suppress as suppressing
from devlint.cache import store
from devlint.cache.entries import plain, restored
from devlint.cli import main
from devlint.inspection import Inspection, Plan
from devlint.packs import load_packs
from devlint.recall import Recall
from devlint.report import Report
from devlint.report.full import full
from devlint.report.json import json
from devlint.report.style import Style
from devlint.run import run
from devlint.settings import configuration, project
from devlint.settings.configuration import Configuration
from devlint.settings.schema import Entry, Written

MAKER = (
    "import torch\n\n\ndef make():\n    return torch.ones(3, device='cuda' if torch.cuda.is_available() else 'cpu')\n"
)
#: what the files of a project may hold in turn; the first is what they begin with, None that there is no such file
VARIANTS: dict[str, tuple[str | None, ...]] = {
    "app.py": (
        "import torch\nfrom lib.maker import make\n\nif torch.cuda.is_available:\n    print('GPU')\n"
        "print(make().numpy())\n",
        "import torch\nfrom lib.maker import make\n\nprint(make().cpu().numpy())\n",
        "import torch\nfrom kept.other import make\n\nprint(make().numpy())\n",
        None,
    ),
    "lib/maker.py": (
        MAKER,
        "import torch\n\n\ndef make():\n    return torch.ones(3)\n",
        "def make(:\n",
        None,
    ),
    "lib/__init__.py": ("", None, "# nothing\n"),
    "kept/other.py": (
        None,
        MAKER,
    ),
    "left_over.py": (
        "import torch\n\n\ndef f(x):\n    return torch.ones(3).to('cuda').numpy()\n",
        "import torch\n\n\ndef f(x):\n    return x  # devlint: ignore[DEV201] for nothing\n",
    ),
    "user.py": (None, "import left_over\n", "import lib.maker\n", "print('openvino' == backend)\n"),
    "setup.py": (None, "from setuptools import setup\n\nsetup(name='x')\n"),
    ".gitignore": ("kept/\n", None, "left_over.py\n"),
    "devlint.toml": ("", "targets = ['cpu']\n", "ignore = ['DEV201']\n", "pedantic = true\n"),
}


@pytest.fixture(scope="module")
def rules():
    return load_packs()


@contextmanager
def a_project() -> Iterator[Path]:
    """A folder with the first variant of every file, to run in."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        for path in VARIANTS:
            write(root, path, 0)
        os.chdir(root)
        try:
            yield root
        finally:
            os.chdir(before)


def write(root: Path, path: str, variant: int) -> None:
    text = VARIANTS[path][variant % len(VARIANTS[path])]
    file = root / path
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


def look(rules, paths=(".",), *, cached: bool, **settings: object) -> Report:
    """A run as if in a process of its own."""
    for remembered in (configuration.find, project._above, project.torch_of):
        remembered.cache_clear()
    flags = {name.replace("_", "-"): Entry(value, "a test") for name, value in settings.items()}
    inspection = Inspection(Configuration(flags), rules, Plan())
    recall = Recall(inspection, store.Store(".devlint_cache")) if cached else None
    return run(inspection, paths, jobs=1, recall=recall)


def told(report: Report) -> str:
    """Everything that is said of a report."""
    return full(report, Style(False)) + json(report) + "".join(report.notices)


@contextmanager
def young(nanoseconds: int) -> Iterator[None]:
    """How long a file must have been left alone for its times to be believed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamps, "YOUNG", nanoseconds)
        yield


EDITS = st.lists(st.tuples(st.sampled_from(sorted(VARIANTS)), st.integers(0, 3)), min_size=1, max_size=4)


@pytest.mark.parametrize("nanoseconds", [0, 2_000_000_000], ids=["by times", "by content"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=EDITS)
def test_after_any_edit_a_cached_result_is_that_of_a_new_look(rules, nanoseconds, edits) -> None:
    with a_project(), young(nanoseconds):
        look(rules, cached=True)
        for path, variant in edits:
            time.sleep(0.01)  # clocks of file systems tick every few milliseconds
            write(Path.cwd(), path, variant)
            assert told(look(rules, cached=True)) == told(look(rules, cached=False))


@pytest.mark.parametrize("path", sorted(VARIANTS))
def test_every_variant_of_every_file(rules, path) -> None:
    with a_project(), young(0):
        for variant in (*range(len(VARIANTS[path])), 0):
            write(Path.cwd(), path, variant)
            assert told(look(rules, cached=True)) == told(look(rules, cached=False))
            time.sleep(0.01)


@pytest.fixture
def inspected(monkeypatch) -> list[str]:
    """The files that are looked at anew."""
    found: list[str] = []
    inspect = inspecting.Inspection.inspect

    def noted(self, path, data=None):
        found.append(path.name)
        return inspect(self, path, data)

    monkeypatch.setattr(inspecting.Inspection, "inspect", noted)
    return found


@pytest.fixture
def folder():
    with a_project() as root, young(0):
        time.sleep(0.01)
        yield root


def looked_at(inspected: list[str], rules, **how) -> set[str]:
    inspected.clear()
    look(rules, cached=True, **how)
    return set(inspected)


TORCH = {"app.py", "maker.py", "left_over.py"}


def test_nothing_is_looked_at_twice(folder, rules, inspected) -> None:
    assert looked_at(inspected, rules) == TORCH
    assert looked_at(inspected, rules) == set()


def test_the_content_decides_where_the_times_do_not(folder, rules, inspected) -> None:
    look(rules, cached=True)
    for path in folder.rglob("*.py"):
        os.utime(path, (1, 1))
    assert looked_at(inspected, rules) == set()


def test_what_does_not_use_torch_is_not_read_again(folder, rules, monkeypatch) -> None:
    (folder / "plain.py").write_text("print(1)\n")
    time.sleep(0.01)
    look(rules, cached=True)
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or b"")
    look(rules, cached=True)
    assert not {name for name in read if name.endswith(".py")}


def test_an_edit_elsewhere_in_the_project_counts_unless_the_file_is_decided_by_itself(folder, rules, inspected) -> None:
    (folder / "version.py").write_text("import torch\n\nprint(torch.__version__)\n")
    look(rules, cached=True)
    (folder / "user.py").write_text("import left_over\n")
    assert looked_at(inspected, rules) == TORCH


def test_other_settings_are_other_results(folder, rules, inspected) -> None:
    look(rules, cached=True)
    for flags in (
        {"pedantic": True},
        {"select": (Written.at("DEV2", "a test"),)},
        {"targets": (Written.at("cpu", "a test"),)},
        {"require_reason": True},
    ):
        assert looked_at(inspected, rules, **flags) >= {"app.py"}, flags
        assert looked_at(inspected, rules, **flags) == set()
    assert looked_at(inspected, rules) == set(), "each has a place of its own"


def test_a_module_that_is_not_listed_counts_as_well(folder, rules, inspected) -> None:
    write(folder, "app.py", 2)
    look(rules, cached=True)
    time.sleep(0.01)
    write(folder, "kept/other.py", 1)
    assert "app.py" in looked_at(inspected, rules)


def test_another_python_libcst_or_devlint_looks_again(folder, rules, inspected, monkeypatch) -> None:
    look(rules, cached=True)
    monkeypatch.setattr(sys, "version", "4.0")
    assert looked_at(inspected, rules) == TORCH


def test_another_text_of_a_rule_looks_again(folder, rules, inspected, tmp_path) -> None:
    rule = tmp_path / "pack" / "too_loud"
    rule.mkdir(parents=True)
    (rule / "__init__.py").write_text(
        "from devlint.rule import Rule\n\n"
        "RULE = Rule(code='X1', since='1', severity='error', stability='stable', triggers=('noisy(',))\n"
    )
    (rule / "rule.py").write_text("def check(node, context):\n    yield\n")
    (rule / "README.md").write_text("# Too loud\n")
    own = load_packs((rule.parent,))
    look(own, cached=True)
    assert looked_at(inspected, own) == set()
    (rule / "rule.py").write_text("def check(node, context):\n    yield  # differently\n")
    assert looked_at(inspected, own) == TORCH


def test_crashes_are_looked_at_again(folder, rules, inspected, monkeypatch) -> None:
    def crash(*arguments: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(suppressing, "suppress", crash)
        assert look(rules, cached=True).failures
    assert looked_at(inspected, rules) == TORCH


def test_a_file_that_changes_while_it_is_looked_at_is_not_kept(folder, rules, inspected, monkeypatch) -> None:
    lint = linting.lint

    def edited(source, *arguments, **named):
        if source.path == "app.py":
            write(folder, "lib/maker.py", 1)
        return lint(source, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(linting, "lint", edited)
        look(rules, cached=True)
    write(folder, "lib/maker.py", 0)
    assert looked_at(inspected, rules) >= {"app.py"}
    assert told(look(rules, cached=True)) == told(look(rules, cached=False))


@pytest.mark.parametrize("damage", [b"", b"xxxx", b"\0" * 40, b"\xff" * 2000])
def test_what_somebody_else_wrote_is_ignored(folder, rules, inspected, damage) -> None:
    look(rules, cached=True)
    for file in (folder / ".devlint_cache").rglob("*.kept"):
        file.write_bytes(damage or file.read_bytes()[:-1])
    assert looked_at(inspected, rules) == TORCH
    assert looked_at(inspected, rules) == set()


def test_a_folder_that_cannot_be_written_is_no_cache(folder, rules, inspected) -> None:
    (folder / ".devlint_cache").write_text("a file")
    assert looked_at(inspected, rules) == TORCH
    assert looked_at(inspected, rules) == TORCH


def test_the_folder_says_what_it_is(folder, rules) -> None:
    look(rules, cached=True)
    assert (folder / ".devlint_cache" / ".gitignore").read_text() == "*\n"
    assert (folder / ".devlint_cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d17")
    assert not list((folder / ".devlint_cache").rglob("*.py"))


def test_what_is_old_is_deleted_and_nothing_of_others(folder, rules) -> None:
    cache = folder / ".devlint_cache"
    for name in ("0.0.1-cpython-310/results.kept", "0.0.1-cpython-310/results.kept.77.88", "mine/notes.txt"):
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / name).write_text("old")
        os.utime(cache / name, (1, 1))
    look(rules, cached=True)
    assert not (cache / "0.0.1-cpython-310").exists()
    assert (cache / "mine" / "notes.txt").exists()


def test_results_come_back_as_they_were(folder, rules) -> None:
    found = look(rules, cached=False).files
    assert any(file.findings for file in found)
    for file in found:
        assert restored(plain(file)) == replace(file, basis=None)


# -- the command line


def devlint_(*argv: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "devlint", *argv], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_repair_looks_for_itself_and_keeps_nothing(folder) -> None:
    before = devlint_()
    assert before[0] == 1
    kept = {path: path.read_bytes() for path in (folder / ".devlint_cache").rglob("*.kept")}
    assert "DEV101" not in devlint_("--fix")[1]
    assert {path: path.read_bytes() for path in kept} == kept
    assert devlint_() == devlint_("--no-cache")


def test_where_the_cache_is(folder, tmp_path, monkeypatch, capsys) -> None:
    cache = folder / ".devlint_cache"
    main(["--no-cache"])
    assert not cache.exists()
    main(["--cache-dir", "elsewhere"])
    (folder / "devlint.toml").write_text("cache-dir = 'configured'\n")
    configuration.find.cache_clear()
    main([])
    monkeypatch.setenv("DEVLINT_CACHE_DIR", str(tmp_path / "named"))
    main([])
    assert not cache.exists()
    for made in (folder / "elsewhere", folder / "configured", tmp_path / "named"):
        assert (made / "CACHEDIR.TAG").exists(), made
    configuration.find.cache_clear()


def test_standard_input_is_not_kept(folder, monkeypatch) -> None:
    subprocess.run([sys.executable, "-m", "devlint", "-"], input=b"import torch\n", check=True, capture_output=True)
    assert not (folder / ".devlint_cache").exists()


def test_a_warm_run_loads_neither_libcst_nor_rules_code(folder) -> None:
    devlint_()
    code = (
        "import sys\nfrom devlint.cli import main\ntry:\n    main([])\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "libcst" not in loaded
    assert "devlint.analysis.project" not in loaded
    assert not {name for name in loaded if name.startswith("devlint_rules.") and name.endswith(".rule")}


def test_runs_at_the_same_time_say_the_same(folder) -> None:
    for _ in range(2):
        words = [sys.executable, "-m", "devlint", "--jobs", "1"]
        runs = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
        said = {run.communicate()[0] for run in runs}
        assert len(said) == 1
    anew = subprocess.run([*words, "--no-cache"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert said == {anew.stdout}
    assert not [path for path in (folder / ".devlint_cache").rglob("*") if path.is_file() and ".kept." in path.name]


def test_the_version_is_part_of_the_place(folder, rules, inspected, monkeypatch) -> None:
    look(rules, cached=True)
    monkeypatch.setattr(store, "__version__", devlint.__version__ + ".1")
    assert looked_at(inspected, rules) == TORCH


def test_the_least_safe_fix_is_no_part_of_a_result(folder) -> None:
    """What is told of fixes hangs on what may be applied, and nothing that is kept does."""
    devlint_()
    assert devlint_("--unsafe-fixes") == devlint_("--unsafe-fixes", "--no-cache")
