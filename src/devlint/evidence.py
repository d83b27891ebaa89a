"""What a repair that was tried is known by: a verdict, and what was seen. Frozen data, as findings are."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: what the value of an expression goes by, and what a condition decides: neither has a name in the program
VALUE, DECISION = "__value__", "__decision__"
_NAMES = {VALUE: "value", DECISION: "decision"}


class Verdict(str, enum.Enum):
    """How sure a repair is."""

    DERIVED = "verified (inputs derived)"
    ASSUMED = "verified (assumed)"
    CHECKED = "checked"
    REFUTED = "refuted"

    @property
    def verified(self) -> bool:
        return self in (Verdict.DERIVED, Verdict.ASSUMED)


class Assumption(NamedTuple):
    """Of what, that it is what, and how many other things it might be."""

    subject: str
    predicate: str
    others: int


#: what is said of a value of which nothing is known
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Played:
    """What a slice did in a world: what it bound (``values``), or what it raised, ``within`` which other file of the
    project; ``reached`` says whether it got to its place, ``assumed`` what stood in for what the program does not say,
    ``elsewhere`` which conditions and loops led to another one, and ``given`` what the world was asked for."""

    reached: bool
    values: Mapping[str, str]
    error: str | None
    assumed: tuple[Assumption, ...] = ()
    elsewhere: tuple[str, ...] = ()
    within: str = ""
    given: tuple[str, ...] = ()

    @property
    def passed_by(self) -> bool:
        """Whether it went elsewhere, and nothing failed."""
        return not self.reached and self.error is None

    @property
    def text(self) -> str:
        """What it did, in a few words."""
        if self.error is not None:
            return self.error
        shown = {name: value for name, value in self.values.items() if (name, value) != (VALUE, "None")}
        return ", ".join(f"{_NAMES.get(name, name)} = {value}" for name, value in shown.items()) or "fine"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A repair that was tried: the verdict, why in one line, and what the place did in each world before and after;
    ``slice`` is the program that ran before."""

    verdict: Verdict
    reason: str
    before: Mapping[str, Played]
    after: Mapping[str, Played]
    slice: str = ""

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        every = (*self.before.values(), *self.after.values())
        return tuple(dict.fromkeys(one for played in every for one in played.assumed))

    @property
    def assumed(self) -> tuple[str, ...]:
        """The same in words."""
        return tuple(f"{one.subject} {one.predicate}" for one in self.assumptions)
