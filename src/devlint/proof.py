"""A report whose fixes are tried, in every world, before any of them is kept. This runs parts of the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from devlint.error import DevlintError
from devlint.finding import Finding
from devlint.fix import diff, write
from devlint.inspection import Inspection, Plan
from devlint.report import Checked, Report
from devlint.shim import Unsupported
from devlint.shim.selftest import Build, Platform, objection


def ready(inspection: Inspection, report: Report) -> int:
    """Of how many files of a report, in which nothing is repaired yet, parts will be run.

    Raises Unsupported where there is no torch, or one that cannot play a world of theirs.
    """
    build, host = Build.find(), Platform.here()
    concerned = [
        Path(checked.path).absolute()
        for checked in report.files
        if any(finding.witness for finding in _wanted(checked, inspection.plan))
    ]
    for world in dict.fromkeys(world for path in concerned for world in inspection.worlds(path)):
        if (reason := objection(world, build, host)) is not None:
            raise Unsupported(reason)
    return len(concerned)


def proved(inspection: Inspection, report: Report, data: bytes | None = None) -> Report:
    """Such a report, with what came of trying the fixes, and with the files repaired if that is the plan. Every fix is
    tried before the first file is written. ``data`` is what the only file holds if it is none on disk.

    Raises Unsupported where a world cannot be played after all.
    """
    files = tuple(tried(inspection, report, data))
    if inspection.plan.write:
        files = tuple(map(_written, report.files, files))
    return replace(report, files=files)


def tried(inspection: Inspection, report: Report, data: bytes | None = None) -> Iterator[Checked]:
    """The files of such a report in turn, proved and not written."""
    from devlint.verify.isolation import Limits  # on Linux alone, as `ready` finds out
    from devlint.verify.verification import Verification

    with Verification(Limits(wall=15)) as verification:
        trying = replace(inspection, plan=replace(inspection.plan, write=False, verification=verification))
        for checked in report.files:
            if not _wanted(checked, inspection.plan):
                yield checked
            elif inspection.plan.fix:
                path = Path(checked.path).absolute()
                held = path.read_bytes() if data is None else data
                after = trying.inspect(path, held)
                yield after if after.patch else replace(after, text=held)
            else:
                yield trying.tried(checked, data)


def _wanted(checked: Checked, plan: Plan) -> list[Finding]:
    """The findings of a file whose fixes are to be tried; where nobody asked for it none is applied."""
    return [finding for finding in checked.findings if plan.tries(finding)] if checked.asked or not plan.fix else []


def _written(before: Checked, after: Checked) -> Checked:
    """What came of a file, once its repair is written; else what came of it before, and why it is not written."""
    if not after.patch:
        return after
    try:
        _write(Path(after.path).absolute(), after)
    except DevlintError as error:
        return replace(before, failures=(*before.failures, error.line))
    return after


def _write(path: Path, repaired: Checked) -> None:
    """Raises DevlintError where the file is not what it was: trying takes its time, and an editor may be open."""
    try:
        unchanged = diff(repaired.path, path.read_bytes(), repaired.text) == repaired.patch
    except OSError:
        unchanged = False
    if not unchanged:
        raise DevlintError(f"{repaired.path}: changed while its fixes were tried, and not repaired")
    write(path, repaired.text, repaired.path)
