"""Run conformance cases in a world and write their outcomes as JSON.

On a machine with the hardware: ``python tests/conformance/runner.py --world cuda --out FILE``.
In a played world: ``... --via run``. With ``--against FILE`` the outcomes are held against those of another run.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import children

children.install()  # at import: workers that are spawned import this module again, and play the same world

import cases  # noqa: E402, F401
import outcome  # noqa: E402
import torch  # noqa: E402
from declaration import CASES, WORLDS  # noqa: E402

LIMIT = 120


def run(world: str, via: str, names: list[str] | None = None) -> dict[str, Any]:
    """The outcomes of the cases that apply to the world, with what they were run on."""
    chosen = names or [name for name, case in CASES.items() if world in case.scope.worlds]
    report = children.play("runner.py", ["--child"], ["", *chosen], world, via)
    machine = report.results.pop("")
    return {"world": world, **machine, "statuses": report.statuses, "errors": report.errors,
            "lost": report.lost, "outcomes": report.results}  # fmt: skip


def _child(world: str, names: Path, lines: Path) -> None:
    device = WORLDS[world]

    def do(name: str) -> Any:
        return outcome.of(CASES[name].run, device) if name else _machine(device)

    children.work(json.loads(names.read_text()), lines, do, LIMIT)


def _machine(device: str) -> dict[str, str]:
    """The torch and the device that outcomes are of."""
    module = getattr(torch, device, None)
    name = module.get_device_name(0) if hasattr(module, "get_device_name") and module.is_available() else device
    return {"torch": torch.__version__, "device": str(name), "python": sys.version.split()[0]}


def _misses(found: dict[str, Any]) -> list[str]:
    world, outcomes = found["world"], found["outcomes"]
    misses = {name: CASES[name].miss(world, text) for name, text in outcomes.items()}
    return [*(f"{name}: {miss}" for name, miss in misses.items() if miss), *(f"{name}: lost" for name in found["lost"])]


def _differences(found: dict[str, Any], other: dict[str, Any]) -> list[str]:
    here, there = found["outcomes"], other["outcomes"]
    return [
        f"{name}: {there.get(name)}\n    here {here.get(name)}"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", choices=WORLDS, default="cuda")
    parser.add_argument("--via", default="hardware", help="hardware, run, or module:function to call with the world")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these cases")
    parser.add_argument("--out", type=Path, help="write the outcomes here")
    parser.add_argument(
        "--against", type=Path, help="outcomes of another run to compare with, not with what is expected"
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--names", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lines", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(options.world, options.names, options.lines)
        return 0
    found = run(options.world, options.via, options.only)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    misses = _differences(found, json.loads(options.against.read_text())) if options.against else _misses(found)
    print(*misses, sep="\n")
    total = len(found["outcomes"]) + len(found["lost"])
    print(f"{options.world}: {total - len(misses)} of {total} cases; exit statuses {found['statuses']}")
    return 1 if misses or any(found["statuses"]) else 0


if __name__ == "__main__":
    sys.exit(main())
