"""Running named pieces of work in child processes, so that one that crashes or hangs does not lose the others.

A child is given names and a file. For each name it writes a line ``[name]`` before it begins and a line
``[name, result]`` when it has done. A child that ends early is followed by another for what is left.
"""

from __future__ import annotations

import faulthandler
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass
class Report:
    """What the children wrote. ``statuses`` are their exit statuses, negative for a signal; ``errors`` what those that
    ended badly said last."""

    results: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def play(script: str, options: Sequence[str], names: Sequence[str], world: str, via: str) -> Report:
    """Have a script of this folder do all the names, in as many children as it takes.

    ``via`` says how a world is played: ``hardware`` (it is there), ``run`` (``devlint run``), or ``module:function``,
    called with the world right after torch was imported.
    """
    report, left = Report(), list(names)
    while left:
        with tempfile.TemporaryDirectory() as folder:
            lines, work = Path(folder, "lines"), Path(folder, "names")
            work.write_text(json.dumps(left))
            arguments = [str(HERE / script), *options, "--world", world, "--names", str(work), "--lines", str(lines)]
            ended = subprocess.run(
                _command(via, world, arguments), env=_environment(via, world), stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, errors="replace", check=False,
            )  # fmt: skip
            written = [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []
        report.statuses.append(ended.returncode)
        if ended.returncode:
            report.errors.append(ended.stderr[-2000:])
        report.results.update(line for line in written if len(line) == 2)
        begun = [line[0] for line in written if line[0] not in report.results]
        report.lost += begun
        left = [name for name in left if name not in report.results and name not in begun]
        if not written:
            raise RuntimeError(f"{script} did nothing and ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return report


def _command(via: str, world: str, arguments: list[str]) -> list[str]:
    if via == "run":
        return [sys.executable, "-m", "devlint", "run", "--world", world, *arguments]
    return [sys.executable, *arguments]


def _environment(via: str, world: str) -> Mapping[str, str]:
    installed = {"CONFORMANCE_INSTALL": f"{via}:{world}"} if ":" in via else {}
    return {**os.environ, "OMP_NUM_THREADS": "1", **installed}


def install() -> None:
    """In a child, and in its own children: play the world that the environment names by a function to call."""
    named = os.environ.get("CONFORMANCE_INSTALL")
    if named is None:
        return
    import importlib

    import torch  # noqa: F401

    from devlint.world import TARGETS

    module, function, name = named.split(":")
    world = next(world for worlds in TARGETS.values() for world in worlds if world.name == name)
    getattr(importlib.import_module(module), function)(world)


def work(names: Iterable[str], lines: Path, do: Callable[[str], Any], limit: int) -> None:
    """In a child: do each of the names, writing what came of it. One that takes longer than the limit, in seconds, ends
    the process."""
    faulthandler.enable()
    with lines.open("w", buffering=1) as out:
        for name in names:
            print(json.dumps([name]), file=out)
            faulthandler.dump_traceback_later(limit, exit=True)
            result = do(name)
            faulthandler.cancel_dump_traceback_later()
            print(json.dumps([name, result]), file=out)
