"""One cause, one finding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

APP = """\
import torch

def train(x, y):
    x = x.to("cuda")
    y = y.to("cuda")
    z = torch.zeros(1).to("mps")
    return x + y + z

def test(x):
    return x.to("cuda")
"""


def devlint(folder: Path, text: str, *argv: str) -> subprocess.CompletedProcess[str]:
    (folder / "app.py").write_text(dedent(text))
    command = [
        sys.executable,
        "-m",
        "devlint",
        "--isolated",
        "--targets",
        "cpu,cuda",
        "--select",
        "DEV401",
        *argv,
        "app.py",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def findings(folder: Path, text: str) -> list[tuple[int, list[int]]]:
    """The line of each finding, with those that its repair repairs too."""
    found: list[dict[str, Any]] = json.loads(devlint(folder, text, "--output-format", "json").stdout)["findings"]
    return [
        (one["line"], [other["line"] for other in one["related"] if other["message"] == "and here"]) for one in found
    ]


def test_a_device_that_is_written_down_again_and_again_is_found_once_in_a_function(tmp_path: Path) -> None:
    assert findings(tmp_path, APP) == [(4, [5]), (6, []), (10, [])]


def test_a_suppression_is_for_its_own_line(tmp_path: Path) -> None:
    ignored = APP.replace('x = x.to("cuda")\n    y', 'x = x.to("cuda")  # devlint: ignore[DEV401]\n    y')
    assert findings(tmp_path, ignored) == [(5, []), (6, []), (10, [])]


def test_its_fix_repairs_all_places(tmp_path: Path) -> None:
    devlint(tmp_path, APP, "--fix", "--unsafe-fixes")
    repaired = (tmp_path / "app.py").read_text()
    assert repaired.count('"cuda" if torch.cuda.is_available() else "cpu"') == 3
    assert '.to("cuda")' not in repaired
