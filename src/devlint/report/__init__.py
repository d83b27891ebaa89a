"""What a run found, and one module per way to say it; each is a pure function of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from devlint.evidence import Verdict
from devlint.finding import Finding, Safety

#: the text of some lines of a file, by number
Excerpt = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a result rests on: the text of its file ``alone``, or everything that is listed of its project, and what was
    asked ``outside`` of that, as absolute paths of files and folders."""

    alone: bool
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one file.

    ``path`` is relative to the current directory, ``from_root`` to the root of its project; ``unreadable`` says why
    the file was not looked at. ``torch`` says that it uses torch, ``findings`` what is left in it, ``fixed`` what was
    repaired, ``patch`` the repair as a unified diff and ``text``, for standard input alone, what is to go to standard
    output, both in its encoding. ``notices`` inform, ``failures`` make the run fail. ``excerpts`` hold, by path, the
    lines that the findings speak of; ``causes`` are other files in which something may lie that is wrong in this one.
    ``asked`` says that somebody asked for it; if nobody did, it is such a cause. ``basis`` is None where the result is
    not for another run.
    """

    path: str
    from_root: str = ""
    unreadable: str = ""
    torch: bool = False
    findings: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    patch: bytes = b""
    text: bytes = b""
    notices: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    asked: bool = True
    basis: Basis | None = None


@dataclass(frozen=True)
class Report:
    """What came of a run over ``files``, in the order of their paths; ``allowed`` is the least safe fix that
    ``--fix`` applies, ``targets`` and ``worlds`` the names of those that were declared; ``remarks`` say
    what is true of a whole program and no bug of it."""

    files: tuple[Checked, ...]
    targets: tuple[str, ...]
    worlds: tuple[str, ...]
    allowed: Safety = Safety.SAFE
    remarks: tuple[str, ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for file in self.files for finding in file.findings)

    @cached_property
    def fixed(self) -> tuple[Finding, ...]:
        return tuple(finding for file in self.files for finding in file.fixed)

    @property
    def refuted(self) -> tuple[Finding, ...]:
        """The findings whose fixes were tried and fail: bugs in devlint."""
        return tuple(
            finding for finding in self.findings if finding.verified and finding.verified.verdict is Verdict.REFUTED
        )

    @property
    def failures(self) -> tuple[str, ...]:
        """What makes the run fail, each once."""
        return tuple(dict.fromkeys(failure for file in self.files for failure in file.failures))

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(notice for file in self.files for notice in file.notices)

    @property
    def torch(self) -> int:
        """How many files use torch."""
        return sum(file.torch for file in self.files)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Why some files could not be looked at."""
        return tuple(file.unreadable for file in self.files if file.unreadable)

    @property
    def incomplete(self) -> int:
        """How many files were not looked at, or only in part."""
        return sum(bool(file.unreadable or file.notices or file.failures) for file in self.files)

    def by_file(self) -> Iterator[tuple[Checked, Finding]]:
        """Every finding with the file that was looked at when it was found."""
        return ((file, finding) for file in self.files for finding in file.findings)
