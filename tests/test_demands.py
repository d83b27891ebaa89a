"""Nothing is told of a place in a function that asks for a GPU by intention, unless somebody declares targets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devlint.cli import main

#: where several processes start, with something around it
START = """
import os
import torch
import torch.distributed as dist


def start(args):
    BEFORE
    if int(os.environ["WORLD_SIZE"]) > 1:
        INSIDE
        dist.init_process_group("nccl")
    AFTER


start(torch.rand(1))
print(torch.cuda.is_available())
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str, **code: str) -> list[str]:
    text = START
    for where in ("before", "inside", "after"):
        text = text.replace(where.upper(), code.get(where, "pass"))
    Path("start.py").write_text(text, encoding="utf-8")
    main(["check", ".", "--output-format", "json", *arguments])
    return [found["code"] for found in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize(
    "code",
    [
        {"inside": "torch.cuda.set_device(int(os.environ['LOCAL_RANK']))"},
        {"after": "if args.gpu is None or args.gpu < 0:\n        raise ValueError('needs a GPU')"},
        {"after": "if not torch.cuda.is_available():\n        raise SystemExit"},
        {"after": "if torch.cuda.device_count() == 0:\n        raise SystemExit"},
        {"after": "assert torch.cuda.is_available()"},
        {"after": "assert args.use_cuda"},
    ],
)
def test_what_asks_for_a_gpu(capsys: pytest.CaptureFixture[str], code: dict[str, str]) -> None:
    assert told(capsys, **code) == []
    assert told(capsys, "--targets", "cpu,cuda", **code) == ["DEV501"]
    assert told(capsys, "--pedantic", **code) == ["DEV501"]


@pytest.mark.parametrize(
    "code",
    [
        {},
        {"inside": "if torch.rand(1) > 0.5:\n            torch.cuda.set_device(int(os.environ['LOCAL_RANK']))"},
        {"inside": "try:\n            torch.cuda.set_device(0)\n        except Exception:\n            pass"},
        {"after": "return\n    assert torch.cuda.is_available()"},
        {"after": "if args.verbose:\n        assert torch.cuda.is_available()"},
        {"after": "if args.gpu is None:\n        print('slow')"},
        {"after": "if args.path is None:\n        raise ValueError"},
        {"after": "assert dist.is_available()"},
    ],
)
def test_what_does_not(capsys: pytest.CaptureFixture[str], code: dict[str, str]) -> None:
    assert told(capsys, **code) == ["DEV501"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("args.backend = 'nccl'\n    dist.init_process_group(backend=args.backend)", []),
        ("backend = 'nccl'\n    dist.init_process_group(backend, rank=0)", ["DEV501"]),
        ("dist.init_process_group(backend=args.backend)", ["DEV402"]),
        (
            "args.backend = 'nccl' if args.gpu else 'gloo'\n    dist.init_process_group(backend=args.backend)",
            ["DEV402"],
        ),
        ("if args.many:\n        dist.init_process_group(backend='nccl')", ["DEV402"]),
        ("dist.init_process_group(backend='gloo')", ["DEV402"]),
    ],
)
def test_what_starts_a_backend_for_gpus(capsys: pytest.CaptureFixture[str], start: str, expected: list[str]) -> None:
    code = f"""
import torch
import torch.distributed as dist


def begin(args):
    torch.cuda.set_device(args.gpu)
    {start}


begin(parse())
print(torch.cuda.is_available())
"""
    Path("start.py").write_text(code, encoding="utf-8")
    main(["check", ".", "--output-format", "json"])
    assert [found["code"] for found in json.loads(capsys.readouterr().out)["findings"]] == expected
