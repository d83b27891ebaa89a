"""Whatever code does that is tried, it ends within its limits, and nothing of it is left."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from devlint.shim.profile import Profile
from devlint.verify.isolation import Limits, written
from devlint.verify.stage import Stage
from devlint.world import world_named


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), before)))
    try:
        with Stage(world_named("cuda"), Profile(), Limits(wall=10, cpu=2)) as stage:
            yield stage
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture(autouse=True)
def nothing_is_left(stage: Stage) -> Iterator[None]:
    """After everything the stage goes on, and none of its processes is left."""
    yield
    assert stage.call("hostile:fine", {"number": 2}).value == "tensor([3.], device='cuda:0')"
    assert not running(stage)


def running(stage: Stage) -> list[str]:
    """The command lines of processes that a stage has started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return [str(process) for process, parent in parents.items() if parent == stage.process]


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        # its CPU time is over before its time is, unless others want the CPU too
        ("loop", "it (died by SIGKILL|did not end within 10 s)"),
        ("sleep", "it did not end within 10 s"),
        ("allocate", "it raised MemoryError"),
        ("allocate_tensor", "it raised RuntimeError"),
        ("fork", "it raised Refused"),
        ("fork_natively", "it did not end within 10 s"),
        ("start", "it raised Refused"),
        ("leave", "it ended by itself, with status 0"),
        ("crash", "it died by SIGSEGV"),
        ("talk", "it raised OSError"),
        ("answer_much", "it ended by itself, with status 0"),
    ],
)
def test_it_ends(stage: Stage, name: str, failure: str) -> None:
    tried = stage.call(f"hostile:{name}", {})
    assert tried.value is None
    assert re.fullmatch(failure, str(tried.failure)), tried
    assert len(tried.output) <= 2000


def test_it_leaves_no_process(stage: Stage) -> None:
    assert stage.call("hostile:hide", {}).value == "hidden"


@pytest.mark.parametrize("name", ["write", "write_natively", "remove"])
def test_it_changes_no_file(stage: Stage, tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    tried = stage.call(f"hostile:{name}", {"path": str(file)})
    assert tried.failure is not None
    assert file.read_text() == "mine"
    assert stage.call(f"hostile:{name}", {"path": str(tmp_path / "other")}).failure is not None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("event", "arguments", "refused"),
    [
        ("open", ("/scratch/a", "w", os.O_WRONLY | os.O_CREAT), False),
        ("open", ("/elsewhere/a", "w", os.O_WRONLY | os.O_CREAT), True),
        ("open", ("/scratch/../elsewhere/a", None, os.O_RDWR), True),
        ("open", (b"/scratchy/a", "w", os.O_WRONLY), True),
        ("open", ("/elsewhere/a", "r", os.O_RDONLY), False),
        ("open", (3, "w", os.O_WRONLY), False),
        ("open", (os.devnull, "w", os.O_WRONLY), False),
        ("os.remove", ("/elsewhere/a", -1), True),
        ("os.rename", ("/scratch/a", "/elsewhere/a", -1, -1), True),
        ("os.mkdir", ("/scratch/a", 0o777, -1), False),
        ("os.listdir", ("/elsewhere",), False),
    ],
)
def test_it_changes_no_file_where_the_kernel_does_not_help(
    event: str, arguments: tuple[object, ...], refused: bool
) -> None:
    assert (written(event, arguments, "/scratch") is not None) is refused


def test_it_may_write_where_it_is(stage: Stage) -> None:
    assert stage.call("hostile:stay", {}).value == ["here"]
    assert stage.call("hostile:stay", {}).value == ["here"], "a folder of its own each time"


def test_it_has_no_network(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert stage.call("hostile:connect", {"port": port}).failure == "it raised Refused"
        assert stage.call("hostile:connect_natively", {"port": port}).value == -1
