"""Whether a build can be played is known before anything is played, and found out once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import Shell

from devlint.shim import Unsupported, selftest
from devlint.shim.environment import TESTED
from devlint.shim.selftest import Build, Platform, objection, require
from devlint.world import TARGETS, world_named

CUDA = world_named("cuda")
LINUX = Platform("Linux", "x86_64", "3.11.7 (...)", "CPython", False, "cpython-311-x86_64-linux-gnu glibc 2.36")
TORCH = Build(Path("/site-packages/torch"), "2.13.0+cpu")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(TESTED, raising=False)
    return tmp_path / "cache" / "devlint" / "shim"


def installed(folder: Path) -> Build:
    return Build.of(spec_from_file_location("torch", folder / "torch" / "__init__.py"))


# -- what is known of a build without importing it


def test_a_build_is_read_from_its_files() -> None:
    build = Build.of(find_spec("torch"))
    assert build == Build.find()
    assert (build.version, build.git_version) == (torch.__version__, torch.version.git_version)
    assert (build.hip, build.xpu) == (torch.version.hip or "", torch.version.xpu or "")
    assert build.folder == Path(torch.__file__).parent


def test_without_torch_there_is_nothing_to_play(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="torch is not installed here"):
        Build.of(None)
    with pytest.raises(Unsupported, match="is not an installed torch"):
        Build.of(spec_from_file_location("torch", tmp_path / "torch" / "__init__.py"))


@pytest.mark.parametrize("build", [TORCH, replace(TORCH, version="2.10.0"), replace(TORCH, version="2.15.0+cu130")])
@pytest.mark.parametrize("host", [LINUX, replace(LINUX, machine="aarch64")])
def test_what_can_be_played(build: Build, host: Platform) -> None:
    assert objection(CUDA, build, host) is None


@pytest.mark.parametrize(
    ("build", "host", "reason"),
    [
        (TORCH, replace(LINUX, system="Darwin", machine="arm64"), "this is Darwin arm64"),
        (TORCH, replace(LINUX, system="Windows", machine="AMD64"), "this is Windows AMD64"),
        (TORCH, replace(LINUX, machine="ppc64le"), "Linux x86-64 and aarch64 only, and this is Linux ppc64le"),
        (TORCH, replace(LINUX, implementation="PyPy"), "CPython only, and this is PyPy"),
        (TORCH, replace(LINUX, free_threaded=True), "free-threaded"),
        (replace(TORCH, version="2.9.1"), LINUX, "torch 2.10 or newer, and this is 2.9.1"),
        (replace(TORCH, version="1.13.1+cu117"), LINUX, "torch 2.10 or newer, and this is 1.13.1"),
        (replace(TORCH, version="main"), LINUX, "torch 2.10 or newer, and this is main"),
        (replace(TORCH, version="2.13.0+rocm7", hip="7.0"), LINUX, "2.13.0+rocm7 is a ROCm build"),
        (replace(TORCH, version="2.13.0+xpu", xpu="20250302"), LINUX, "2.13.0+xpu is a XPU build"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(build: Build, host: Platform, reason: str) -> None:
    said = objection(CUDA, build, host)
    assert said is not None
    assert reason in said
    assert "\n" not in said


@pytest.mark.parametrize("name", [world.name for worlds in TARGETS.values() for world in worlds])
def test_which_worlds_can_be_played(name: str) -> None:
    refused = name.startswith(("rocm", "musa", "hpu", "directml"))
    assert (objection(world_named(name), TORCH, LINUX) is not None) == refused


# -- the trial


def test_this_build_passes_and_is_not_tested_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = require(CUDA)
    assert [path.name for path in cache.iterdir()] == [key]
    assert (cache / key).read_text() == f"torch {torch.__version__} passed the self-test of world cuda\n"
    monkeypatch.setattr(selftest.subprocess, "run", _never)
    assert require(CUDA) == key


def _never(*argv: Any, **options: Any) -> None:
    raise AssertionError("a process was started")


def test_a_child_believes_its_parent(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = require(CUDA)
    (cache / key).unlink()
    monkeypatch.setattr(selftest.subprocess, "run", _never)
    monkeypatch.setenv(TESTED, key)
    assert require(CUDA) == key


@pytest.mark.parametrize(
    "change",
    [
        {"version": "2.13.1"},
        {"git_version": "def"},
        {"folder": Path("/elsewhere/torch")},
        {"modified": (1, 2)},
    ],
)
def test_another_build_is_tested_anew(change: dict[str, Any]) -> None:
    assert selftest.key_of(CUDA, replace(TORCH, **change), LINUX) != selftest.key_of(CUDA, TORCH, LINUX)


def test_another_world_or_python_is_tested_anew() -> None:
    key = selftest.key_of(CUDA, TORCH, LINUX)
    assert key == selftest.key_of(CUDA, TORCH, LINUX)
    assert selftest.key_of(world_named("mps"), TORCH, LINUX) != key
    assert selftest.key_of(CUDA, TORCH, replace(LINUX, python="3.12.1 (...)")) != key
    assert selftest.key_of(CUDA, TORCH, replace(LINUX, abi="")) != key


def test_another_shim_is_tested_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(selftest, "__file__", str(tmp_path / "selftest.py"))
    (tmp_path / "kernels.py").write_text("one\n")
    key = selftest.key_of(CUDA, TORCH, LINUX)
    (tmp_path / "kernels.py").write_text("two\n")
    assert selftest.key_of(CUDA, TORCH, LINUX) != key


def test_without_a_cache_it_is_tested_every_time(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.parent.parent.write_text("a file where the folder would be\n")
    started: list[list[str]] = []
    run = selftest.subprocess.run

    def count(argv: list[str], **options: Any) -> Any:
        started.append(argv)
        return run(argv, **options)

    monkeypatch.setattr(selftest.subprocess, "run", count)
    assert require(CUDA) == require(CUDA)
    assert [argv[:3] for argv in started] == [[sys.executable, "-m", "devlint.shim.trial"]] * 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise RuntimeError('broken wheel')", "RuntimeError: broken wheel"),
        ("import os; os.kill(os.getpid(), 11)", "it died by SIGSEGV"),
        ("import os; os._exit(3)", "it said nothing"),
        ("import time; time.sleep(60)", "it took more than 2 s"),
    ],
)
def test_what_does_not_pass_is_refused_in_one_line(
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: Shell,
    fake_torch: Callable[..., Path],
    body: str,
    reason: str,
) -> None:
    folder = fake_torch(body=body)
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{shell.env['PYTHONPATH']}")
    monkeypatch.setattr(selftest, "PATIENCE", 2.0 if "sleep" in body else 60.0)
    with pytest.raises(Unsupported) as refused:
        require(CUDA, installed(folder))
    assert refused.value.line == f"torch 2.13.0 cannot play world `cuda`: {reason}"
    assert not cache.exists()


def test_a_torch_that_plays_another_world_does_not_pass(
    cache: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    """As where something keeps the shim from being activated at all."""
    shell.write("theirs/sitecustomize.py", "")
    monkeypatch.setattr(selftest, "environment", lambda world, key, base: {**base})
    with pytest.raises(Unsupported, match="there are 0 devices of type cuda instead of 1"):
        require(CUDA)
    assert not cache.exists()
