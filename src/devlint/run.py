"""A run: which files, looked at by how many processes, and the report of it."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.error import DevlintError
from devlint.files import display, excluded, find_files
from devlint.finding import Finding
from devlint.inspection import Inspection, Plan
from devlint.programs import told_once
from devlint.report import Checked, Report
from devlint.settings import Settings
from devlint.settings.selection import selected

if TYPE_CHECKING:
    from devlint.recall import Recall

#: bytes of files with torch in them that are looked at sooner by one process than by several (about 150 ms of work)
_SMALL = 200_000

_inspection: Inspection


def run(
    inspection: Inspection,
    paths: Sequence[str],
    *,
    jobs: int | None = None,
    recall: Recall | None = None,
    each: bool = False,
) -> Report:
    """Look at the files that ``paths`` name, with ``jobs`` processes (None: as many as pay off), and take from
    ``recall`` what earlier runs found and still holds. ``each`` tells each place of a program for CUDA alone.

    The report does not depend on either. Raises DevlintError for a path that there is not and for a mistake in the
    configuration, before any file is looked at.
    """
    files = find_files(paths, inspection.configuration, inspection.walked)
    targets, worlds = _declared(inspection, files)
    with _uncollected():
        checked, chosen = _checked(inspection, files, jobs, recall)
    if recall is not None:
        recall.save()
    checked, remarks = (checked, ()) if each else told_once(checked, inspection.is_pedantic)
    worlds = tuple(dict.fromkeys((*worlds, *chosen)))
    return Report(tuple(_concerned(checked)), targets, worlds, inspection.plan.allowed, remarks)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Next to nothing is garbage while what is known of files is kept; looking for some takes a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def run_text(inspection: Inspection, data: bytes, path: Path, *, each: bool = False) -> Report:
    """Look at a text as if it were the file ``path``, which is neither read nor written. What cannot be looked at is
    left as it is."""
    targets, worlds = _declared(inspection, [path])
    left_out = excluded(path, inspection.configuration)
    if not left_out:
        worlds = _named(inspection, [path])
    checked = Checked(display(path)) if left_out else inspection.inspect(path, data)
    if not checked.patch:
        checked = replace(checked, text=data)
    told, remarks = ((checked,), ()) if each else told_once((checked,), inspection.is_pedantic)
    return Report(told, targets, worlds, inspection.plan.allowed, remarks)


def _declared(inspection: Inspection, files: Sequence[Path]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The targets and worlds of all files, each once, with all their settings checked; without a file, those of the
    current directory."""
    distinct: dict[tuple[int, tuple[str, ...]], Settings] = {}
    for path in files or [Path.cwd() / "-"]:
        settings = inspection.configuration.settings(path.parent)
        distinct.setdefault((id(settings), settings.targets_of(path)), settings)
    targets: dict[str, None] = {}
    worlds: dict[str, None] = {}
    for (_, named), settings in distinct.items():
        if settings.words:
            selected(settings, inspection.rules)
        targets.update(dict.fromkeys(named))
        worlds.update(dict.fromkeys(world.name for world in settings.worlds_of(named)))
    return tuple(targets), tuple(worlds)


def _checked(
    inspection: Inspection, files: Sequence[Path], jobs: int | None, recall: Recall | None
) -> tuple[tuple[Checked, ...], tuple[str, ...]]:
    """What comes of every file, and of others that may be to blame, and the worlds of those that were worth a look."""
    glance = inspection.glance if recall is None else recall.glance
    checked = {path: glance(path) for path in files}
    left = [path for path, known in checked.items() if known is None]
    if recall is not None and left:
        recall.survey(left)
        checked |= {path: recall.known(path) for path in left}
    worlds = _named(inspection, left)  # before processes are forked: each would search the project anew
    left = [path for path in left if checked[path] is None]
    if left:
        len(inspection.rules)  # and load the packs
    processes = min(jobs or _cores(left), len(left))
    if processes > 1 and hasattr(os, "fork"):
        checked |= _in_parallel(inspection, left, processes)
    else:
        checked |= {path: inspection.inspect(path) for path in left}
    if recall is not None:
        for path in left:
            recall.keep(path, checked[path])
    asked = tuple(known for known in checked.values() if known is not None)
    return (*asked, *_causes(inspection, asked, recall)), worlds


def _causes(inspection: Inspection, asked: Sequence[Checked], recall: Recall | None) -> Iterator[Checked]:
    """Files that nobody asked for, in which something may lie that is wrong in one that somebody did; they are not
    repaired."""
    paths = {checked.path for checked in asked}
    looking = replace(inspection, plan=Plan())
    for name in sorted({cause for checked in asked for cause in checked.causes} - paths):
        path = Path(name).absolute()
        checked = None if recall is None else recall.known(path)
        if checked is None:
            checked = looking.inspect(path)
            if recall is not None:
                recall.keep(path, checked)
        yield replace(checked, asked=False)


def _concerned(files: Sequence[Checked]) -> Iterator[Checked]:
    """Files with the findings that are about files somebody asked for."""
    paths = {checked.path for checked in files if checked.asked}
    for checked in files:
        found = tuple(finding for finding in checked.findings if checked.asked or paths & _same_cause(finding))
        if checked.asked or found:
            yield replace(checked, findings=found)


def _same_cause(finding: Finding) -> set[str]:
    """The paths of the files that the repair of a finding repairs too."""
    return {related.place.path for related in finding.related if related.same_cause}


def _named(inspection: Inspection, files: Iterable[Path]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(world.name for path in files for world in inspection.worlds(path)))


def _cores(files: Iterable[Path]) -> int:
    """How many processes pay off."""
    if sum(path.stat().st_size for path in files) < _SMALL:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_parallel(inspection: Inspection, files: Sequence[Path], processes: int) -> dict[Path, Checked]:
    """Inspect files in forked processes, the largest first so that none is left over at the end."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    largest = sorted(files, key=lambda path: -path.stat().st_size)
    try:
        with ProcessPoolExecutor(processes, get_context("fork"), _take, (inspection,)) as pool:
            return dict(zip(largest, pool.map(_inspect, largest), strict=True))
    except BrokenProcessPool as error:
        raise DevlintError("a process died while it looked at a file", "--jobs 1 shows which file it is") from error


def _take(inspection: Inspection) -> None:
    """Keep the inspection in a forked process, which inherits it: rules are not to be pickled. Who interrupts the run
    interrupts the first process alone."""
    global _inspection
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _inspection = inspection


def _inspect(path: Path) -> Checked:
    return _inspection.inspect(path)
