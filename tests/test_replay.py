"""A run that is told again: only if it would say the same, whatever changed meanwhile."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devlint import cli, stamps
from devlint.cache.replay import Told, again
from devlint.cache.store import Store
from devlint.cli import main
from devlint.settings import configuration, project

BAD = "import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n"
GOOD = BAD.replace("available:", "available():")
#: what changes nothing but which files there are, which are looked at, and how
EDITS = {
    "another text": lambda root: (root / "inner/app.py").write_text(GOOD),
    "a new file": lambda root: (root / "inner/new.py").write_text(BAD),
    "a new file where there was none": lambda root: (root / "inner/empty/new.py").write_text(BAD),
    "one file less": lambda root: (root / "inner/plain.py").unlink(),
    "another name": lambda root: (root / "inner/app.py").rename(root / "inner/other.py"),
    "a configuration above": lambda root: (root / "devlint.toml").write_text("ignore = ['DEV101']\n"),
    "a configuration below": lambda root: (root / "inner/sub/devlint.toml").write_text("ignore = ['DEV101']\n"),
    "what a configuration extends": lambda root: (root / "base.toml").write_text("ignore = ['DEV101']\n"),
    "an ignored file": lambda root: (root / "inner/.gitignore").write_text("app.py\n"),
    "another torch": lambda root: (root / "inner/requirements.txt").write_text("torch>=2.5\n"),
    "a repository": lambda root: (root / "inner/.git").mkdir(),
    "a backend": lambda root: (root / "inner/plain.py").write_text("on = backend == 'openvino'\nimport torch\n"),
    "a link instead of a file": lambda root: linked(root / "inner/app.py"),
}


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".txt"))
    path.symlink_to(path.with_suffix(".txt"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project in ``inner``, to run in."""
    for name, text in {
        "inner/app.py": BAD,
        "inner/plain.py": "print(1)\n",
        "inner/sub/app.py": BAD,
        "inner/empty/data.txt": "",
        "inner/pyproject.toml": "[tool.devlint]\nextend = '../base.toml'\n",
        "base.toml": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path / "inner")
    monkeypatch.setattr(stamps, "YOUNG", 0)
    for name in ("DEVLINT_CACHE_DIR", "DEVLINT_OUTPUT_FORMAT", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    tick()
    return tmp_path


def tick() -> None:
    """Wait for the clocks of file systems."""
    time.sleep(0.01)


@contextlib.contextmanager
def captured() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


def told(*argv: str) -> Told:
    """What a run says that looks for itself."""
    for remembered in (configuration.find, project._above, project.torch_of):
        remembered.cache_clear()
    with captured() as streams:
        code = main(argv)
    texts = []
    for stream in streams:
        stream.seek(0)
        texts.append(stream.read())
    return Told(code, *texts)


def retold(*argv: str) -> Told | None:
    with captured():  # what is not a terminal, as above
        return again(argv)


def same(one: Told | None, other: Told) -> bool:
    return one is not None and (one.code, one.out, one.err) == (other.code, other.out, other.err)


@pytest.mark.parametrize(
    "argv", [(), (".",), ("app.py", "plain.py"), ("--output-format", "json"), ("--statistics", "-q")]
)
def test_what_did_not_change_is_told_again(root: Path, argv: tuple[str, ...]) -> None:
    assert retold(*argv) is None
    first = told(*argv)
    assert "is_available" in first.out or argv[:1] == ("--statistics",)
    assert same(retold(*argv), first)
    assert same(retold(*argv), told(*argv, "--no-cache"))


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("argv", [(), ("app.py",)], ids=["folder", "file"])
def test_what_changed_is_not(root: Path, edit: str, argv: tuple[str, ...]) -> None:
    told(*argv)
    tick()
    EDITS[edit](root)
    now = retold(*argv) or told(*argv)
    assert same(now, told(*argv, "--no-cache"))
    assert same(retold(*argv), now) or now.code == 2


@pytest.mark.parametrize("edit", sorted(set(EDITS) - {"a new file where there was none", "another torch"}))
def test_every_edit_is_noticed_from_the_folder(root: Path, edit: str) -> None:
    told()
    tick()
    EDITS[edit](root)
    assert retold() is None


def test_a_page_beside_the_code_counts_where_it_names_what_nobody_uses(root: Path) -> None:
    for name, text in {
        "inner/main.py": "import pieces\n\nprint(pieces.used(3))\n",
        "inner/pieces.py": "import torch\n\n\ndef used(x):\n    return x\n\n\n"
        "def unused(x):\n    return torch.ones(3, device='cuda').numpy()\n",
        "inner/pyproject.toml": "",
    }.items():
        (root / name).write_text(text)
    (root / "inner/pages/more").mkdir(parents=True)
    tick()
    first = told()
    assert "numpy" not in first.out
    assert same(retold(), first)
    tick()
    (root / "inner/pages/more/start.sh").write_text("python -c 'from pieces import unused'\n")
    assert retold() is None
    now = told()
    assert "numpy" in now.out
    assert same(now, told("--no-cache"))


def test_new_times_of_old_content_are_told_again(root: Path) -> None:
    first = told()
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    assert same(retold(), first)


def test_what_was_just_written_is_compared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "YOUNG", 10**12)
    first = told()
    assert same(retold(), first)
    stamp = (root / "inner/app.py").stat()
    (root / "inner/app.py").write_text(BAD.replace("GPU", "CPU"))
    os.utime(root / "inner/app.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert retold() is None


@pytest.mark.parametrize(
    "argv",
    [
        ("--no-cache",),
        ("--fix-only", "--diff"),
        ("--output-file", "report.txt"),
        ("--output-format", "github"),
        ("--fix",),
        ("nothing.py",),
    ],
)
def test_what_does_more_than_telling_is_done_again(root: Path, argv: tuple[str, ...]) -> None:
    told(*argv)
    assert retold(*argv) is None


def test_a_mistake_in_a_file_is_told_anew(root: Path) -> None:
    (root / "inner/app.py").write_text(BAD + "x = 1  # devlint: ignore[no-such-rule]\n")
    tick()
    assert told().code == 2
    assert retold() is None


def test_the_words_the_place_and_the_environment_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    assert retold("--pedantic") is None
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert retold() is None
    monkeypatch.delenv("FORCE_COLOR")
    assert retold() is not None
    monkeypatch.chdir(root / "inner/sub")
    assert retold() is None


def test_where_the_cache_is(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = str(tmp_path_factory.mktemp("elsewhere"))
    for argv in (("--cache-dir", place), (f"--cache-dir={place}", "-q")):
        told(*argv)
        assert retold(*argv) is not None
    monkeypatch.setenv("DEVLINT_CACHE_DIR", place)
    told()
    assert retold() is not None
    assert not (root / "inner/.devlint_cache").exists()


@pytest.mark.parametrize("text", [BAD, "print(1)\n"], ids=["something", "nothing"])
def test_the_code_of_devlint_counts(root: Path, text: str) -> None:
    for path in root.rglob("app.py"):
        path.write_text(text)
    tick()
    told()
    (record,) = (root / "inner/.devlint_cache").rglob("run-*.kept")
    _, files, folders, *_ = Store(str(root / "inner/.devlint_cache")).read(record.stem)
    assert str(Path(cli.__file__)) in files
    assert (str(Path(cli.__file__).parent / "report"), "importable") in folders


def test_only_the_latest_are_kept(root: Path) -> None:
    for number in range(20):
        told("plain.py", "--select", f"DEV{number % 3 + 1}", *["-q"] * number)
    assert len(list((root / "inner/.devlint_cache").rglob("run-*.kept"))) == 16


def modules(*argv: str) -> set[str]:
    """The modules that are loaded when the command begins, runs and ends."""
    code = (
        "import sys\nsys.argv = ['devlint', *sys.argv[1:]]\nfrom devlint.__main__ import main\n"
        "try:\n    main()\nfinally:\n    print('\\n' + ' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_what_is_told_again_loads_nearly_nothing(root: Path) -> None:
    modules()
    time.sleep(2.1)  # times that are younger are not believed
    modules()
    loaded = modules() - modules_of_python()
    assert {name for name in loaded if name.startswith("devlint")} == {
        "devlint", "devlint.__main__", "devlint.cache", "devlint.cache.replay", "devlint.cache.store",
        "devlint.folders", "devlint.glance", "devlint.stamps", "devlint.words",
    }  # fmt: skip
    assert loaded - {"__future__", "zlib"} <= {name for name in loaded if name.startswith("devlint")}


def modules_of_python() -> set[str]:
    code = "import sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
