"""Programs of this folder, started as a user starts them: what each world makes of them, and their exit statuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import devlint
import devlint_rules

PROGRAMS = Path(__file__).parent
SOURCES = os.pathsep.join(str(Path(module.__file__).parent.parent) for module in (devlint, devlint_rules))


@dataclass(frozen=True)
class Played:
    """What a program printed in each world, the exit status there, and all that it and devlint said besides."""

    printed: dict[str, str]
    statuses: dict[str, int]
    errors: str


def python(cache_home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run Python to its end, in the folder of the programs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DEVLINT_", "PYTEST_", "COV_"))}
    env |= {"PYTHONPATH": SOURCES, "XDG_CACHE_HOME": str(cache_home), "OMP_NUM_THREADS": "1"}
    env.pop("IS_HALF", None)  # which one of them reads
    return subprocess.run(
        [sys.executable, *argv], cwd=PROGRAMS, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def play(cache_home: Path, worlds: Sequence[str], *program: str) -> Played:
    """Run ``devlint run --world WORLDS PROGRAM``."""
    done = python(cache_home, "-m", "devlint", "run", "--world", ",".join(worlds), *program)
    assert "unsupported" not in done.stderr
    if len(worlds) == 1:  # which has no heading and no last line
        return Played({worlds[0]: done.stdout}, {worlds[0]: done.returncode}, done.stderr)
    _, *sections = re.split(r"^== world (\S+) ==\n", done.stdout, flags=re.MULTILINE)
    ends = re.findall(r"^devlint: world `(\S+)`: exit status (\d+)$", done.stderr, re.MULTILINE)
    statuses = {world: int(status) for world, status in ends}
    assert list(statuses) == list(worlds), done.stderr
    assert done.returncode == any(statuses.values())
    return Played(dict(zip(sections[::2], sections[1::2], strict=True)), statuses, done.stderr)
