"""Real processes: every one of them is started here, and its exit status asserted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

import devlint
import devlint_rules

SOURCES = os.pathsep.join(str(Path(module.__file__).parent.parent) for module in (devlint, devlint_rules))


@dataclass(frozen=True)
class Shell:
    """Starts processes in a folder, with devlint on their path and self-tests that the whole session shares."""

    folder: Path
    env: dict[str, str]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    def python(self, *argv: object, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run Python to its end, which has to be with this exit status."""
        done = subprocess.run(
            [sys.executable, *map(str, argv)],
            cwd=self.folder,
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == status, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def play(self, world: str, *program: object, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ``devlint run --world WORLD PROGRAM``."""
        return self.python("-m", "devlint", "run", "--world", world, *program, status=status, **env)


@pytest.fixture
def shell(tmp_path: Path, cache_home: Path) -> Shell:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DEVLINT_", "PYTEST_", "COV_"))}
    return Shell(tmp_path, env | {"PYTHONPATH": SOURCES, "XDG_CACHE_HOME": str(cache_home)})


@pytest.fixture
def fake_torch(shell: Shell) -> Callable[..., Path]:
    """Makes a folder with something that looks like an installed torch from the outside."""

    def make(version: str = "2.13.0", hip: str | None = None, xpu: str | None = None, body: str = "") -> Path:
        shell.write(
            "fake/torch/version.py",
            f"""\
            from typing import Optional
            __version__ = {version!r}
            git_version = "abc"
            hip: Optional[str] = {hip!r}
            xpu: Optional[str] = {xpu!r}
            """,
        )
        shell.write("fake/torch/lib/libtorch_cpu.so", "")
        shell.write("fake/torch/__init__.py", body)
        return shell.folder / "fake"

    return make


@pytest.fixture
def played(shell: Shell) -> Callable[[str, str], None]:
    """Runs a program in a world, without the command line around it."""

    def run(world: str, program: str) -> None:
        start = f"{INSTALL}install(world_of({world!r}), Profile())\n"
        shell.python("-W", "ignore", shell.write("program.py", _WORLD_OF + start + dedent(program)))

    return run


INSTALL = "from devlint.shim.installation import install\nfrom devlint.shim.profile import Profile\n"
_WORLD_OF = """\
from devlint.world import TARGETS
import torch
def world_of(name):
    return next(world for worlds in TARGETS.values() for world in worlds if world.name == name)
"""
