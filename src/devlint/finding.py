"""What devlint reports: findings, the places they stand at, and the edits that repair them.

Everything here is frozen data. Lines and columns are 1-based and count code points; ``end_column`` is exclusive.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from devlint.evidence import Evidence


class Severity(str, enum.Enum):
    """How bad a finding is: an error crashes or computes wrong, a warning wastes or does not port."""

    ERROR = "error"
    WARNING = "warning"


class Outcome(str, enum.Enum):
    """What a world makes of a place."""

    CRASHES = "crashes"
    WRONG = "wrong"
    WASTEFUL = "wasteful"
    FINE = "fine"


class Because(str, enum.Enum):
    """The evidence behind a finding, strongest first (DESIGN: evidence, or silence)."""

    DERIVED = "derived"
    ROLE = "role"
    BELIEF = "belief"


class Safety(enum.IntEnum):
    """How far a fix may be trusted; ordered, so that the least of several is ``max``."""

    SAFE = 0
    UNSAFE = 1
    DISPLAY = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one file. ``path`` is relative to the current directory, with ``/``."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def encloses(self, other: Place) -> bool:
        """Whether another place lies within this one."""
        starts = (self.line, self.column) <= (other.line, other.column)
        ends = (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        return self.path == other.path and starts and ends


@dataclass(frozen=True, slots=True, order=True)
class Related:
    """Another place that explains a finding; ``same_cause`` when the repair of the root repairs it too, ``later`` when
    that has to come first."""

    place: Place
    message: str
    same_cause: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace what stands at ``place`` by ``text``; an empty place inserts."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that repair a finding together: all of them are applied, or none."""

    safety: Safety
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One device bug.

    ``worlds`` maps the name of each world in which the place is reached to what happens there; ``witness`` is the
    first of them in which it goes wrong (empty for the engine's own findings, which no world decides).
    ``context`` is the text of the line, without which a fingerprint would move with every edit above it;
    ``cause`` names what is wrong in all places of a scope that have the same, ``program`` the program for CUDA alone,
    if it is one; ``ends`` are the places at which control ends in a world in which this crashes, and ``behind`` are the
    places of findings at whose ends it does before it gets to this, one on every way; ``verified`` is what came of
    trying the fix, where that was asked for.
    """

    rule: str
    code: str
    place: Place
    severity: Severity
    message: str
    worlds: Mapping[str, Outcome] = field(default_factory=dict)
    witness: str = ""
    because: Because | None = None
    torch: str | None = None
    help: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    pedantic: bool = False
    scope: str = ""
    context: str = ""
    cause: str = ""
    program: str = ""
    ends: tuple[Place, ...] = ()
    behind: tuple[Place, ...] = ()
    verified: Evidence | None = None

    @property
    def sort_key(self) -> tuple[Place, str, str]:
        return self.place, self.code, self.message

    def fingerprint(self, path: str) -> str:
        """A name of this finding that survives edits elsewhere; ``path`` is relative to the project root."""
        import hashlib  # 6 ms, for the formats that need it

        parts = (self.rule, path, self.scope, " ".join(self.context.split()))
        return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:32]
