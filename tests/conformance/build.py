"""Try the torch of this interpreter: its self-tests, the conformance cases in some worlds, torch's samples in one.

    PYTHONPATH=src:rules PYTHON tests/conformance/build.py

needs torch, NumPy, expecttest, and what devlint needs. What misses and is not known is printed, then a row for the
table in docs/worlds.md. The exit status is 0 only where nothing but known misses misses, and every process ended well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import cases  # noqa: F401
import known
import opinfo
import runner
import torch
from declaration import CASES, WORLDS

from devlint.shim import selftest
from devlint.world import world_named


def _cases(world: str, columns: list[str]) -> Iterator[str]:
    """Run the cases of a world, add a column, and say what is wrong."""
    selftest.require(world_named(world))
    found = runner.run(world, "run")
    misses: dict[str, str | None] = {name: CASES[name].miss(world, text) for name, text in found["outcomes"].items()}
    misses |= dict.fromkeys(found["lost"], "the process crashed or hung")
    missed = {name for name, miss in misses.items() if miss is not None}
    columns.append(f"{len(misses) - len(missed)} / {len(misses)}")
    yield from _unexpected(world, missed, known.cases().get(world, {}))
    yield from _ended_badly(world, found)


def _operators(every: int, columns: list[str]) -> Iterator[str]:
    found = opinfo.run("cuda", "run", every)
    for counts in opinfo.counts(found["operators"]).values():
        columns.append(f"{counts['ok']} / {counts.total()}")
    missed = {miss.partition(": ")[0] for miss in opinfo.misses(found["operators"])}
    tried = {f"{name} {way}" for name in found["operators"] for way in ("forward", "backward")}
    reasons = {name: reason for name, reason in known.operators().items() if name in tried}
    yield from _unexpected("cuda", missed, reasons)
    yield from _ended_badly("cuda", found)


def _unexpected(world: str, missed: set[str], reasons: dict[str, str]) -> Iterator[str]:
    yield from (f"{world}: {name} misses" for name in sorted(missed - reasons.keys()))
    yield from (
        f"{world}: {name} is met, and known as a miss: {reasons[name]}" for name in sorted(reasons.keys() - missed)
    )


def _ended_badly(world: str, found: dict[str, Any]) -> Iterator[str]:
    if any(found["statuses"]):
        yield f"{world}: exit statuses {found['statuses']}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", default=",".join(WORLDS), help="conformance cases in these worlds (default: all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth of torch's operators; 0: none")
    options = parser.parse_args()
    columns = [torch.__version__, sys.version.split()[0]]
    wrong = [line for world in options.worlds.split(",") for line in _cases(world, columns)]
    wrong += _operators(options.every, columns) if options.every else []
    for line in wrong:
        print(line)
    ways = ["forward", "backward"] if options.every else []
    print("|", " | ".join(["torch", "Python", *options.worlds.split(","), *ways]), "|")
    print("|", " | ".join(columns), "|")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
