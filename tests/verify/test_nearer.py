"""More of the program in the place of stand-ins: who calls a function, who computes with a result, other repairs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

NET = """\
import torch
class Voice(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
    def infer(self, units, seed=1):
        if units.device == torch.device("cuda"):
            torch.cuda.manual_seed_all(seed)
        return units.size(0) + self.width
"""
APP = """\
import torch
from library import read
from net import Voice
class Service:
    def __init__(self, options):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = Voice(4).to(self.device)
    def units(self):
        return UNITS
    def run(self):
        units = self.units()
        print(options.text)
        return self.net.infer(units, seed=2)
def main(options):
    service = Service(options)
    service.run()
"""
HALF = """\
import os, torch
from transformers import AutoModel
is_half = eval(os.environ.get("is_half", "True"))
device = "cuda" if torch.cuda.is_available() else "cpu"
weights = os.environ.get("folder") + "/weights"
model = AutoModel.from_pretrained(weights)
if is_half == True:
    model = model.half().to(device)
else:
    model = model.to(device)
"""
TWICE = """\
import time, torch
x = torch.ones(3)
torch.cuda.synchronize()
start = time.time()
torch.cuda.synchronize()
print(time.time() - start)
"""


def verified(folder: Path, **files: str) -> list[dict[str, Any]]:
    """What `devlint verify` says of the fixes in some files."""
    (folder / "pyproject.toml").touch()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    command = [sys.executable, "-m", "devlint", "verify", ".", "--output-format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return [found["verified"] for found in json.loads(done.stdout)["findings"]]


@pytest.mark.parametrize(
    ("units", "verdict", "reason"),
    [
        ("torch.ones(3).to(self.device)", "derived", "every input is the program's own, called from app.py:13"),
        ("read()", "assumed", "`units` is a tensor on cuda"),
    ],
)
def test_what_a_caller_hands_over(tmp_path: Path, units: str, verdict: str, reason: str) -> None:
    """What a library reads may be anywhere: then it is a stand-in that decides, whoever calls."""
    (found,) = verified(tmp_path, net=NET, app=APP.replace("UNITS", units))
    assert found["verdict"] == verdict, found
    assert reason in found["reason"]


@pytest.mark.parametrize(
    ("use", "verdict", "reason"),
    [
        ("def embed(text):\n    return model(text)\n", "derived", "has a say in it, where app.py:12 computes with it"),
        ("def save(path):\n    torch.save(model.state_dict(), path)\n", "assumed", "`model` is computed with"),
    ],
)
def test_what_is_computed_with(tmp_path: Path, use: str, verdict: str, reason: str) -> None:
    """The environment has to have a folder for it: which one it is has no say."""
    (found,) = verified(tmp_path, app=HALF + use)
    assert found["verdict"] == verdict, found
    assert reason in found["reason"]


def test_other_bugs_on_the_way_are_repaired_before(tmp_path: Path) -> None:
    first, second = verified(tmp_path, app=TWICE)
    assert (first["verdict"], first["reason"]) == ("derived", "every input is the program's own")
    assert second["verdict"] == "derived"
    assert second["reason"] == "every input is the program's own, once the other fixes of the file are applied"
