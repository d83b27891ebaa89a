"""Runs of a command before and after repairs, told: a line each, what differs, what to make of it, or all as data."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from devlint.finding import Finding
from devlint.shim.suites import Outcome, counts, table
from devlint.verify.command import Run
from devlint.verify.matrix import Matrix, Side


def line(side: Side, run: Run) -> str:
    """A run in one line."""
    told = [counts(run.tests.values())] if run.tests else []
    if run.unsupported is not None:
        told.append(run.unsupported)
    elif run.whole.failed or not run.tests:
        told.append(": ".join(filter(None, (run.whole.word, run.whole.reason))))
    return f"{side.value}, {run.ended.world.name}: {', '.join(told)}\n"


def differences(matrix: Matrix) -> str:
    """A table of the tests that are not the same in every world, before and after, and how many are."""
    worlds = [run.ended.world.name for run in matrix.before]
    lines = []
    if matrix.telling:
        rows = [[row.name, *(row.cells[world].text for world in worlds)] for row in matrix.telling]
        lines += table([["", *worlds], *rows])
    if same := [row.same for row in matrix.tests if row.same is not None]:
        lines.append(f"the same in every world, before and after: {counts(same)}")
    return "".join(f"{text}\n" for text in lines)


def verdict(matrix: Matrix, fixes: Collection[Finding]) -> str:
    """What the fixes broke, if anything, and which they are; in the end what they did, in one line."""
    lines = []
    broken = matrix.broken
    for row, worlds in broken.items():
        after = row.cells[worlds[0]].after
        reason = f": {after.reason}" if after is not None and after.reason else ""
        lines.append(f"refuted: {row.name} passed before and fails after in {', '.join(worlds)}{reason}")
    if broken:
        lines.append("with the fixes:")
        lines += [f"    {_place(fix)}: {fix.code} {fix.rule}" for fix in fixes]
    cells = [cell for row in matrix.tests for cell in row.cells.values()]
    wrong, mended = sum(cell.wrong for cell in cells), sum(cell.mended for cell in cells)
    parts = [f"{mended} of {wrong} failure{'s' if wrong > 1 else ''} gone" if wrong else "no failure before"]
    if not any(cell.right for cell in cells):
        parts.append("nothing passed before")
    elif broken:
        count = sum(map(len, broken.values()))
        parts.append(f"{count} that passed fail{'s' if count == 1 else ''}")
    else:
        parts.append("nothing that passed fails")
    worlds = [run.ended.world.name for run in matrix.before]
    lines.append(f"{many(fixes)} in {', '.join(worlds)}: {', '.join(parts)}.")
    return "".join(f"{text}\n" for text in lines)


def many(fixes: Collection[Finding]) -> str:
    """How many fixes there are."""
    return f"{len(fixes)} fix{'' if len(fixes) == 1 else 'es'}"


def as_json(matrix: Matrix, fixes: Sequence[Finding], untried: Collection[str]) -> str:
    """Everything: the fixes, how each run ended, every test in every world before and after, and what is refuted."""
    sides = ((Side.BEFORE, matrix.before), (Side.AFTER, matrix.after))
    told = {
        "version": 1,
        "command": matrix.command,
        "worlds": [run.ended.world.name for run in matrix.before],
        "fixes": [_fix(fix, fix.place.path not in untried) for fix in fixes],
        "runs": [_run(side, run) for side, runs in sides for run in runs],
        "tests": [
            {
                "test": row.name,
                "worlds": {
                    world: {"before": _outcome(cell.before), "after": _outcome(cell.after)}
                    for world, cell in row.cells.items()
                },
            }
            for row in matrix.tests
        ],
        "refuted": [{"test": row.name, "worlds": worlds} for row, worlds in matrix.broken.items()],
    }
    return json.dumps(told, indent=2) + "\n"


def _place(fix: Finding) -> str:
    return f"{fix.place.path}:{fix.place.line}:{fix.place.column}"


def _fix(fix: Finding, tried: bool) -> dict[str, Any]:
    place = fix.place
    assert fix.fix is not None
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "rule": fix.rule,
        "code": fix.code,
        "safety": fix.fix.safety.word,
        "message": fix.fix.message,
        "tried": tried,
    }


def _run(side: Side, run: Run) -> dict[str, Any]:
    return {
        "world": run.ended.world.name,
        "side": side.value,
        "outcome": _outcome(run.whole),
        "status": run.ended.status,
        "unsupported": run.unsupported,
        "output": run.output,
    }


def _outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {"outcome": outcome.word, "failed": outcome.failed, "reason": outcome.reason}
