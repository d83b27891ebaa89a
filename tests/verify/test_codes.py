"""Files of projects, compiled once for all processes that are forked from one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devlint.shim.profile import Profile
from devlint.verify import codes
from devlint.verify.isolation import Limits
from devlint.verify.stage import Stage
from devlint.world import world_named


def test_a_file_is_compiled_once_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("SIZE = 1\n")
    codes.learn([])
    first, size = codes.code(path, "net.py")
    assert first is not None
    assert (size, codes.fresh()) == (9, [(str(path), "net.py")])
    assert codes.code(path, "net.py")[0] is first
    codes.learn(list(codes.fresh()))
    assert codes.fresh() == []
    path.write_text("SIZE = 22\n")
    assert codes.code(path, "net.py")[0] is not first


def test_what_cannot_be_read_as_python_has_no_code(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("SIZE =\n")
    os.mkfifo(tmp_path / "pipe.py")
    assert [codes.code(tmp_path / name, name)[0] for name in ("net.py", "pipe.py", "nowhere.py")] == [None] * 3


def imported(path: str) -> bool:
    """Whether the code of a file is there already, in a process that is forked."""
    before = len(codes.fresh())
    codes.code(Path(path), "net.py")
    return len(codes.fresh()) == before


def test_what_one_process_compiles_others_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.py").write_text("SIZE = 1\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(Path(__file__).parent))))
    with Stage(world_named("cpu"), Profile(), Limits(wall=60)) as stage:
        first = stage.call("test_codes:imported", {"path": str(tmp_path / "net.py")})
        second = stage.call("test_codes:imported", {"path": f"{tmp_path}/./net.py"})  # which is another call
    assert (first.value, second.value) == (False, True), (first, second)
