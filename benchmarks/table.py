"""The figures of a comparison as Markdown, with the machine and the versions."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from peers import COLD, TOOLS

import devlint


@dataclass(frozen=True)
class Figure:
    """The medians of some calls of a tool over a corpus; ``runs`` is 0 where it was stopped."""

    corpus: str
    tool: str
    runs: int
    cpu: float
    wall: float
    memory: float


def table(
    figures: Iterable[Figure],
    sizes: dict[str, tuple[int, int]],
    load: tuple[float, float, float],
    options: argparse.Namespace,
) -> str:
    lines = [
        "# devlint and its peers",
        "",
        f"Written by `python benchmarks/against.py` on {datetime.date.today()}: medians of up to {options.rounds} runs "
        "in turn; ¹ marks a single run, as of what takes over a minute. Load of the machine at the beginning: "
        f"{load[0]:.1f} on {os.cpu_count()} cores. CPU and wall are seconds, memory is MiB of the largest process, and "
        "the last column how many times the CPU seconds of a cold devlint a tool takes. Output goes nowhere, and no "
        "tool but those called warm has a cache. Tools whose rows are missing are too slow for a corpus.",
        "",
        f"{_machine()}. {platform.python_implementation()} {platform.python_version()}, devlint {devlint.__version__}, "
        f"{', '.join(sorted({tool.requirement for tool in TOOLS if tool.requirement}))}.",
    ]
    for corpus, found in groupby(figures, key=lambda figure: figure.corpus):
        lines += ["", f"## {corpus}{_size(sizes.get(corpus))}", ""]
        lines += ["| | CPU | wall | memory | CPU / devlint |", "|---|---:|---:|---:|---:|"]
        rows = list(found)
        own = next((row for row in rows if row.tool == COLD and row.runs), None)
        lines += [_row(row, own) for row in rows]
    return "\n".join(lines) + "\n"


def _row(row: Figure, own: Figure | None) -> str:
    if not row.runs:
        return f"| {row.tool} | stopped after {row.wall:.0f} | | | |"
    once = "¹" if row.runs == 1 else ""
    ratio = f"{row.cpu / own.cpu:.2g}" if own is not None else ""
    return f"| {row.tool}{once} | {row.cpu:.3f} | {row.wall:.3f} | {row.memory:.0f} | {ratio} |"


def _size(found: tuple[int, int] | None) -> str:
    return "" if found is None else f": {found[0]:,} files, {found[1] / 1e6:.1f} MB"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.partition(": ")[2].strip() for line in file if line.startswith("model name")), model)
    except OSError:  # not Linux
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
