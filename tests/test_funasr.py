"""FunASR from its wheels: the bug that was reported, the repair that upstream chose, and silence after it.

Needs a package index. Where none is within reach these tests fail, and say so.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from devlint.analysis.answer import Span
from devlint.shim.profile import Profile
from devlint.source import Source
from devlint.verify.isolation import Limits
from devlint.verify.setting import Setting
from devlint.verify.slicing import Slice, slice_at
from devlint.verify.stage import Stage
from devlint.world import world_named

PIP_DOWNLOAD = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")
FILE = "funasr/auto/auto_model.py"
#: the CPU is chosen when a GPU is asked for, and what upstream made of it in 1.0.4
INVERTED = 'kwargs.get("ngpu", 0)'
TURNED = 'kwargs.get("ngpu", 1) == 0'
#: whoever gives a device and no `ngpu` goes to the CPU
DEMANDED = 'kwargs.get("ngpu", 0) == 0'
#: `cuda:0` passes for available where it is not
UNINDEXED = 'device =="cuda"'
PREFIXED = 'str(device).startswith("cuda")'

Unpack = Callable[[str], Path]


@pytest.fixture(scope="session")
def unpack(tmp_path_factory: pytest.TempPathFactory) -> Unpack:
    """A function that downloads a version of FunASR once, and returns the folder its wheel is unpacked into."""
    top = tmp_path_factory.mktemp("funasr")

    def unpack(version: str) -> Path:
        with zipfile.ZipFile(_download(f"funasr=={version}", top / f"{version}.download")) as wheel:
            wheel.extractall(top / version)
        return top / version

    return cache(unpack)


def _download(requirement: str, folder: Path) -> Path:
    done = subprocess.run(
        [*PIP_DOWNLOAD, "--dest", str(folder), requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{requirement} cannot be downloaded; this test needs a package index\n{done.stderr}", False)
    (wheel,) = folder.glob("*.whl")
    return wheel


def devlint(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devlint", "--isolated", "--select", "DEV102,DEV103,DEV106", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def findings(folder: Path, path: str = FILE) -> list[dict[str, Any]]:
    found = json.loads(devlint(folder, path, "--output-format", "json").stdout)["findings"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("version", "code", "line", "old", "new"),
    [
        ("1.0.0", "DEV102", 148, INVERTED, TURNED),
        ("1.0.2", "DEV102", 149, INVERTED, TURNED),
        ("1.0.3", "DEV106", 148, DEMANDED, TURNED),
        ("1.2.7", "DEV103", 185, UNINDEXED, PREFIXED),
        ("1.3.1", "DEV103", 199, UNINDEXED, PREFIXED),
    ],
)
def test_the_bug_is_reported_and_repaired(
    unpack: Unpack, version: str, code: str, line: int, old: str, new: str
) -> None:
    folder = unpack(version)
    (finding,) = findings(folder)
    assert (finding["code"], finding["path"], finding["line"]) == (code, FILE, line)
    assert finding["fix"]["safety"] == "safe"

    file = folder / FILE
    before = file.read_bytes().splitlines(keepends=True)
    expected = before[line - 1].replace(old.encode(), new.encode())
    assert expected != before[line - 1]

    assert devlint(folder, "--fix", FILE).returncode == 0
    assert file.read_bytes().splitlines(keepends=True) == [*before[: line - 1], expected, *before[line:]]


@pytest.mark.parametrize("version", ["1.0.4", "1.4.16"])
def test_where_it_is_right_there_is_silence(unpack: Unpack, version: str) -> None:
    done = devlint(unpack(version), FILE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("All clear: 1 file, 1 uses torch")


def test_nothing_else_is_made_of_a_whole_wheel(unpack: Unpack) -> None:
    assert findings(unpack("1.4.16"), "funasr") == []


def choice(folder: Path, condition: str) -> Slice:
    """The choice of the device, with this as the second half of its condition."""
    text = (folder / FILE).read_text(encoding="utf-8").replace(TURNED, INVERTED).replace(INVERTED, condition)
    start = text.index("if not torch.cuda.is_available() or " + condition)
    return slice_at(Source(FILE, text), ast.parse(text), Span(start, start))


@pytest.mark.parametrize("world", ["cpu", "driverless", "cuda", "cuda-x2"])
def test_every_choice_before_and_after(unpack: Unpack, world: str) -> None:
    """What is chosen for each `ngpu` and `device` that a caller may give, or not give, on each machine."""
    before, after = (choice(unpack("1.0.2"), condition) for condition in (INVERTED, TURNED))
    has_gpu = world.startswith("cuda")
    with Stage(world_named(world), Profile(), Limits(wall=60)) as stage:
        for ngpu, device in product((None, 0, 1, 2), (None, "cuda:0", "cpu")):
            given = {f"kwargs.get('ngpu', {default})": ngpu for default in (0, 1)} | {
                "kwargs.get('device', 'cuda')": device
            }
            beliefs = {
                text: {"kind": "constant", "value": value, "requested": True}
                for text, value in given.items()
                if value is not None
            }
            wanted = device or "cuda"
            for made, chosen in (
                (before, wanted if has_gpu and not ngpu else "cpu"),
                (after, wanted if has_gpu and ngpu != 0 else "cpu"),
            ):
                arguments = {**asdict(made), "beliefs": beliefs, "setting": asdict(Setting(None, FILE))}
                tried = stage.call("devlint.verify.rehearsal:rehearse", arguments)
                assert tried.value["values"]["device"] == chosen, (ngpu, device, tried)
