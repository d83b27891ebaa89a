"""``devlint verify``, as users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

APP = """\
import argparse
import torch

def embed(audio):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = torch.nn.Linear(4, 4).to(device)
    return model(audio.to(device)).detach().numpy()

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-cuda", action="store_true")
    args = parser.parse_args()
    device = torch.device("cuda" if args.no_cuda and torch.cuda.is_available() else "cpu")
    return torch.zeros(3).to(device)
"""


def verify(folder: Path, *argv: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").touch()
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "verify", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.returncode == status, done.stderr
    return done


def test_a_repair_is_seen_failing_before_and_working_after(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    report = json.loads(verify(tmp_path, "--output-format", "json", "app.py").stdout)
    found = {one["code"]: one["verified"] for one in report["findings"]}
    numpy, request = found["DEV201"], found["DEV102"]
    assert numpy["verdict"] == "assumed"
    assert "`audio.to(device)` is a tensor on cuda" in numpy["assumed"]
    worlds = {world: (run["before"], run["after"]) for world, run in numpy["worlds"].items()}
    assert worlds["cuda"][0]["error"].startswith("TypeError: can't convert cuda:0 device type tensor to numpy.")
    assert all(after["error"] is None and after["values"] for _, after in worlds.values())
    assert worlds["cpu"][0]["values"] == worlds["cpu"][1]["values"] == worlds["cuda"][1]["values"]
    assert request["verdict"] == "derived"
    table = {world: (run["before"]["values"], run["after"]["values"]) for world, run in request["worlds"].items()}
    assert {world: tuple(side["device"] for side in sides) for world, sides in table.items()} == {
        "cpu": ("cpu", "cpu"),
        "driverless": ("cpu", "cpu"),
        "cuda": ("cpu", "cuda"),
        "cuda-requested": ("cpu", "cuda"),
        "cuda-cpu-requested": ("cuda", "cpu"),
        "cuda-x2": ("cpu", "cuda"),
    }
    assert (tmp_path / "app.py").read_text() == APP


def test_it_says_what_it_runs_and_what_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    done = verify(tmp_path)
    assert done.stderr == "devlint: verify runs parts of 1 of these files\n"
    assert "app.py:13:37: DEV102 verified (inputs derived): every input is the program's own\n" in done.stdout
    assert "    cuda-cpu-requested  device = cuda  device = cpu\n" in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "2 fixes: 2 verified in cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2 "
        "(1 with derived inputs)."
    )


def test_what_cannot_be_seen_failing_is_checked_and_says_why(tmp_path: Path) -> None:
    text = """\
        import torch
        async def run(model, x):
            device = "cuda" if torch.cuda.is_available() else "cpu"
            return torch.zeros(3, device=device).numpy()
        """
    (tmp_path / "app.py").write_text(dedent(text))
    done = verify(tmp_path)
    assert done.stdout == "app.py:4:12: DEV201 checked: no slice: it is in a coroutine\n1 fix: 0 verified; 1 checked.\n"


@pytest.mark.parametrize("text", ["", "import torch\nprint(torch.__version__)\n"])
def test_nothing_to_verify_runs_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "app.py").write_text(text)
    done = verify(tmp_path)
    assert (done.stdout, done.stderr) == ("No finding has a fix that could be verified.\n", "")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert verify(tmp_path, "missing.py", status=2).stderr.startswith("error: missing.py: ")


def test_a_world_that_cannot_be_played_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    done = verify(tmp_path, "--config", 'targets=["cpu", "rocm"]', status=2)
    assert done.stderr.splitlines()[-1] == "error: world `rocm` can be declared as a target, and not be played"
