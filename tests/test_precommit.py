"""The hooks, run by pre-commit itself on a repository of a user, with devlint installed from a clone of this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
NEVER_COMMITTED = (".git", ".venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
BAD = "import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n"
GOOD = BAD.replace("is_available", "is_available()")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody gets who names this repository in their configuration, the working tree included."""
    clone = tmp_path_factory.mktemp("clone") / "devlint"
    shutil.copytree(CHECKOUT, clone, ignore=shutil.ignore_patterns(*NEVER_COMMITTED))
    repository(clone)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "as it is")
    return clone


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home of pre-commit for all tests here, so that devlint is installed once."""
    return os.environ | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    repository(tmp_path)
    (tmp_path / "app.py").write_text(BAD)
    (tmp_path / "notes.txt").write_text("import torch; torch.cuda.is_available\n")
    git(tmp_path, "add", "--all")
    return tmp_path


def git(folder: Path, *argv: str) -> None:
    subprocess.run(["git", *argv], cwd=folder, check=True)


def repository(folder: Path) -> None:
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "somebody")
    git(folder, "config", "user.email", "somebody@example.org")
    git(folder, "config", "commit.gpgsign", "false")


def hook(name: str, clone: Path, project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one hook on what is staged."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(clone), name],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bad_commit_fails_is_repaired_and_passes(clone: Path, project: Path, environment: dict[str, str]) -> None:
    checked = hook("devlint", clone, project, environment)
    assert checked.returncode == 1, checked.stderr
    assert "app.py:3:4" in checked.stdout
    assert "DEV101 uncalled-availability" in checked.stdout
    assert "Found 1 problem" in checked.stdout
    assert (project / "app.py").read_text() == BAD

    repaired = hook("devlint-fix", clone, project, environment)
    assert repaired.returncode == 1
    assert "files were modified by this hook" in repaired.stdout
    assert (project / "app.py").read_text() == GOOD

    git(project, "add", "--all")
    for name in ("devlint", "devlint-fix"):
        clean = hook(name, clone, project, environment)
        assert clean.returncode == 0, clean.stdout + clean.stderr
        assert "Passed" in clean.stdout


def test_what_the_project_excludes_is_left_alone(clone: Path, project: Path, environment: dict[str, str]) -> None:
    (project / "pyproject.toml").write_text("[tool.devlint]\nextend-exclude = ['app.py']\n")
    git(project, "add", "--all")
    assert hook("devlint", clone, project, environment).returncode == 0
