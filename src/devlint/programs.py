"""What is told of a whole program: that it is for CUDA alone, which is no finding where nobody says that it should not
be, and what comes after a place at which control ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace

from devlint.finding import Finding, Place, Related, Severity
from devlint.report import Checked, Excerpt

#: findings of a program that are told one by one
FEW = 3
_HELP = 'declare `targets = ["cuda"]` if it is for CUDA alone, or `targets = ["cpu", "cuda"]` to be told of each place'


def told_once(
    files: Iterable[Checked], is_pedantic: Callable[[str], bool]
) -> tuple[tuple[Checked, ...], tuple[str, ...]]:
    """Some files, of whose findings those that come after one place are one, with the others related to it. Those that
    belong to one program are a remark; to the pedantic, who are asked by path, they are findings: one, if they are
    many."""
    files = tuple(files)
    programs: dict[str, list[Finding]] = defaultdict(list)
    for finding in (finding for file in files for finding in file.findings if finding.program):
        programs[finding.program].append(finding)
    ranked = {program: _ranked(found) for program, found in programs.items()}
    remarked = {program: found for program, found in ranked.items() if not is_pedantic(found[0].place.path)}
    told = {program: _one(found) for program, found in ranked.items() if program not in remarked and len(found) > FEW}
    asked = {finding.program for file in files if file.asked for finding in file.findings}
    left = (_without(file, remarked.keys()) for file in files)
    return (
        tuple(_in_order(_with(file, told, files)) for file in left),
        tuple(_remark(found) for program, found in remarked.items() if program in asked),
    )


def _ranked(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a program in the order in which they say most of it: those that are most of it, errors first."""
    often = Counter(finding.code for finding in findings)
    return sorted(
        findings, key=lambda found: (found.severity is not Severity.ERROR, -often[found.code], found.sort_key)
    )


def _remark(findings: Sequence[Finding]) -> str:
    place = findings[0].place
    needed = f"which it needs in {len(findings)} places" if len(findings) > 1 else "which it needs here"
    return f"{place.path}:{place.line}: this program offers no way without CUDA, {needed}: {_HELP}"


def _without(file: Checked, programs: Set[str]) -> Checked:
    """A file without the findings of some programs."""
    kept = tuple(finding for finding in file.findings if finding.program not in programs)
    return file if len(kept) == len(file.findings) else replace(file, findings=kept)


def _in_order(file: Checked) -> Checked:
    """A file, with the findings for which control ends elsewhere told there."""
    moot: dict[Place, list[Finding]] = defaultdict(list)
    for finding in file.findings:
        if finding.behind is not None:
            moot[finding.behind].append(finding)
    told = (_ending(one, moot[one.place]) for one in file.findings if one.behind is None)
    return replace(file, findings=tuple(told)) if moot else file


def _ending(finding: Finding, moot: Sequence[Finding]) -> Finding:
    """A finding with what does not matter because of it."""
    if not finding.ends:
        return finding
    related = {*finding.related, *(Related(one.place, f"matters once that is repaired ({one.code})") for one in moot)}
    return replace(finding, related=tuple(sorted(related)))


def _with(file: Checked, told: dict[str, Finding], files: Sequence[Checked]) -> Checked:
    """A file with what is told of its programs in it."""
    here = [found for found in told.values() if found.place.path == file.path]
    kept = [finding for finding in file.findings if finding.program not in told]
    if not here and len(kept) == len(file.findings):
        return file
    excerpts = dict(file.excerpts)
    spoken_of = {related.place.path for finding in here for related in finding.related} - {file.path}
    for other in files:
        for path, lines in other.excerpts.items():
            if path in spoken_of:
                excerpts[path] = _both(excerpts.get(path, {}), lines)
    findings = tuple(sorted((*kept, *here), key=lambda finding: finding.sort_key))
    return replace(file, findings=findings, excerpts=excerpts)


def _both(one: Excerpt, other: Excerpt) -> Excerpt:
    return dict(sorted({**one, **other}.items()))


def _one(findings: Sequence[Finding]) -> Finding:
    """The first of the ranked findings of a program, for all of them."""
    first, *others = findings
    again = [Related(other.place, f"and here ({other.code})", same_cause=True) for other in others]
    related = dict.fromkeys([*(one for finding in (first, *others) for one in finding.related), *again])
    return replace(
        first,
        message=f"{first.message}; {len(again)} other places need CUDA in this program, which offers no way without",
        help=_HELP,
        related=tuple(sorted(related)),
        behind=None,
        fix=None,
        verified=None,
    )
