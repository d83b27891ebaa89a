"""devlint and its peers over the same files: CPU seconds, wall seconds and memory, as a table and a chart.

    python benchmarks/against.py [--rounds 3] [--corpora "whisper;funasr"] [--limit 600] [--folder FOLDER] [--to FOLDER]
    python benchmarks/against.py --growing  # devlint alone, over 1 to 128 MB: growing.md and growing.svg

Fetches pinned corpora and installs pinned peers below ``--folder`` (once), runs the tools of a corpus in turn, round
after round, and writes ``results.md``, ``results.json`` and ``results.svg``. What takes longer than ``--limit`` seconds
is stopped, which is said, and what takes longer than a minute is run once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from chart import chart, curves
from corpora import CORPORA, GROWING, fetched, size
from peers import COLD, TOOLS, WARM, Tool, command
from table import Figure, table

_LONG = 60


@dataclass(frozen=True)
class Run:
    """What one call took: CPU of all its processes, and the memory of the largest of them in MiB."""

    cpu: float
    wall: float
    memory: float


def measured(words: list[str], folder: Path, limit: float) -> Run | None:
    """One call; None where it was stopped."""
    launch = [sys.executable, "-I", "-S", str(Path(__file__).parent.absolute() / "launch.py"), str(limit)]
    # bytecode is for whoever keeps some: what is installed has it from the beginning
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([*launch, *words], cwd=folder, env=inherited, capture_output=True, text=True, check=True)
    cpu, wall, memory, stopped = map(float, done.stdout.split())
    return None if stopped else Run(cpu, wall, memory / (2**20 if sys.platform == "darwin" else 2**10))


def compared(name: str, tools: list[tuple[Tool, list[str]]], folder: Path, rounds: int, limit: float) -> list[Figure]:
    """The figures of some tools that take turns."""
    runs: dict[str, list[Run]] = {tool.name: [] for tool, _ in tools}
    for number in range(rounds):
        for tool, words in tools:
            found = runs[tool.name]
            if len(found) < number or any(run.wall > _LONG for run in found):
                continue  # stopped before, or long enough
            full = not tool.warm or number > 0 or measured(words, folder, limit) is not None
            run = measured(words, folder, limit) if full else None
            found += [run] if run is not None else []
            said = "stopped" if run is None else f"{run.cpu:.3f} s CPU, {run.wall:.3f} s, {run.memory:.0f} MiB"
            print(f"{name}: {tool.name}: {said}", file=sys.stderr, flush=True)
    return [figure(name, tool, runs[tool], limit) for tool in runs]


def figure(name: str, tool: str, runs: list[Run], limit: float) -> Figure:
    if not runs:
        return Figure(name, tool, 0, limit, limit, 0.0)
    columns = ([getattr(run, kind) for run in runs] for kind in ("cpu", "wall", "memory"))
    return Figure(name, tool, len(runs), *map(statistics.median, columns))


def words(tool: Tool, folder: Path, paths: list[str]) -> list[str]:
    cache = Path(tempfile.mkdtemp(prefix="cache-", dir=folder))
    return command(tool, folder, cache, paths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpora", default=";".join(CORPORA), help="their names, with semicolons between them")
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "devlint-benchmarks")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    parser.add_argument("--growing", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.growing:
        growing(options.folder, options.rounds, options.limit, options.to)
    else:
        against(options)


def against(options: argparse.Namespace) -> None:
    """devlint and its peers over the chosen corpora."""
    load = os.getloadavg()
    figures: list[Figure] = []
    sizes: dict[str, tuple[int, int]] = {}
    for name in options.corpora.split(";"):
        folder = fetched(CORPORA[name], options.folder / "corpora")
        sizes[name] = size(folder)
        large = sizes[name][1] > 20_000_000
        chosen = [(tool, words(tool, options.folder, ["."])) for tool in TOOLS if not (tool.slow and large)]
        figures += compared(name, chosen, folder, options.rounds, options.limit)
    figures += one_file(options.folder, options.rounds, options.limit)
    for cache in options.folder.glob("cache-*"):
        shutil.rmtree(cache)
    (options.to / "results.json").write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")
    (options.to / "results.md").write_text(table(figures, sizes, load, options))
    (options.to / "results.svg").write_text(chart(figures))


def growing(folder: Path, rounds: int, limit: float, to: Path) -> None:
    """devlint alone, cold and warm, over more and more files."""
    points: dict[str, list[tuple[float, float]]] = {COLD: [], WARM: []}
    lines = ["| files | MB | cold: CPU | CPU / MB | memory | warm: CPU |", "|---:|---:|---:|---:|---:|---:|"]
    for corpus in GROWING:
        place = fetched(corpus, folder / "corpora")
        files, length = size(place)
        tools = [(tool, words(tool, folder, ["."])) for tool in TOOLS if tool.name in points]
        found = {each.tool: each for each in compared(corpus.name, tools, place, rounds, limit) if each.runs}
        for name, each in found.items():
            points[name].append((length / 1e6, each.cpu))
        if (cold := found.get(COLD)) and (warm := found.get(WARM)):
            figures = f"{cold.cpu:.2f} | {cold.cpu / length * 1e6:.3f} | {cold.memory:.0f} | {warm.cpu:.3f}"
            lines.append(f"| {files:,} | {length / 1e6:.1f} | {figures} |")
    (to / "growing.md").write_text("\n".join(lines) + "\n")
    (to / "growing.svg").write_text(curves(points))


def one_file(folder: Path, rounds: int, limit: float) -> list[Figure]:
    """A file with a candidate and one in which nothing matters, and what Python itself takes."""
    corpus = fetched(CORPORA["whisper"], folder / "corpora")
    candidate = next(corpus.rglob("transcribe.py")).relative_to(corpus)
    plain = folder / "plain"
    plain.mkdir(exist_ok=True)
    (plain / "plain.py").write_text("print('nothing about it')\n")
    bare = [(Tool(f"python -c '{code}'", ()), [sys.executable, "-c", code]) for code in ("pass", "import libcst")]
    figures = []
    for name, place, path in (("one file with a candidate", corpus, candidate), ("one plain file", plain, "plain.py")):
        tools = [(tool, words(tool, folder, [str(path)])) for tool in TOOLS]
        figures += compared(name, [*bare, *tools], place, max(rounds, 3), limit)
    return figures


if __name__ == "__main__":
    main()
