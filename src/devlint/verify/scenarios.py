"""Scenarios of rules, tried: what the examples do has to be what is stated of them."""

from __future__ import annotations

import atexit
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from devlint.scenario import Case
from devlint.shim.profile import Profile
from devlint.verify.isolation import Limits
from devlint.verify.stage import Stage
from devlint.world import World

#: the class of an exception, as the message of a finding names it
_EXCEPTION = re.compile(r"\b[A-Z]\w+(?:Error|Exception)\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked line of ``bad.py``: its text, the worlds in which it goes wrong, what the finding there says, whether
    ``fixed.py`` repairs it, and whether it is about the installed torch: else a case may play an older one."""

    text: str
    worlds: Sequence[str]
    message: str
    repaired: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """The file ``scenario.py`` of a rule folder."""

    path: Path

    def check(self, bad: str, fixed: str | None, marks: Sequence[Mark], worlds: Sequence[World]) -> None:
        """Run all cases with the text of ``bad.py`` and that of the repaired example, in each of these worlds.

        Raises AssertionError, which says which case does what else than is stated, or that a mark has no case.
        """
        cases = self._cases(worlds[0])
        for mark in marks:
            covered = self.covers(mark, worlds[0])
            assert covered or not mark.current, f"{self.path}: no case for `{mark.text.strip()}`"
        for name, case in cases.items():
            found = [mark for mark in marks if case.at in mark.text]
            assert len(found) == 1, f"{self.path}: {name}: {len(found)} marked lines hold {case.at!r}, not one"
            for world in worlds:
                self._check_case(name, case, found[0], world, bad, fixed)

    def refutes(self, text: str, mark: Mark, worlds: Sequence[World]) -> bool:
        """Whether a repaired example of this text does something else than is stated, in some case of a mark."""
        return any(
            self._run(name, case, world, text, "fixed.py")["outcome"] != case.stated(world, fixed=True)
            for name, case in self._cases(worlds[0]).items()
            if case.at in mark.text
            for world in worlds
        )

    def covers(self, mark: Mark, world: World) -> bool:
        """Whether there is a case of a mark; ``world`` is any that can be played."""
        return any(case.at in mark.text for case in self._cases(world).values())

    def _check_case(self, name: str, case: Case, mark: Mark, world: World, bad: str, fixed: str | None) -> None:
        where = f"{self.path}: {name}: world `{world.name}`"
        wanted = case.stated(world, fixed=True)
        if fixed is not None and mark.repaired:
            repaired = self._run(name, case, world, fixed, "fixed.py")
            assert not repaired["raised"], f"{where}: fixed.py raises {repaired['outcome']}"
            assert repaired["outcome"] == wanted, f"{where}: fixed.py gives {repaired['outcome']!r}, not {wanted!r}"
        broken = self._run(name, case, world, bad, "bad.py")
        missed = world.name in case.missed
        assert not missed or world.name not in mark.worlds, f"{where}: the rule finds what the case says it misses"
        if world.name not in mark.worlds and not missed:
            assert broken["outcome"] == wanted, f"{where}: bad.py gives {broken['outcome']!r}, not {wanted!r}"
            return
        stated = case.stated(world, fixed=False)
        assert stated != wanted, f"{where}: bad.py does the same as fixed.py"
        if not broken["raised"]:
            assert broken["outcome"] == stated, f"{where}: bad.py gives {broken['outcome']!r}, not {stated!r}"
            return
        named = _EXCEPTION.findall(mark.message)[:1] if f"`{world.name}`" in mark.message else []  # that of its witness
        assert named in ([], [broken["outcome"].partition(":")[0]]), (
            f"{where}: bad.py raises {broken['outcome']!r}, and the finding says {mark.message!r}"
        )
        assert broken["outcome"].startswith(stated), f"{where}: bad.py raises {broken['outcome']!r}, not {stated!r}"

    def _run(self, name: str, case: Case, world: World, text: str, example: str) -> dict[str, Any]:
        arguments = {"scenario": str(self.path), "name": name, "text": text, "path": example}
        tried = _stage(world, case.profile, case.processes).call("devlint.scenario:perform", arguments)
        assert tried.failure is None, (
            f"{self.path}: {name}: {example} in `{world.name}`: {tried.failure}\n{tried.output}"
        )
        found: dict[str, Any] = tried.value
        return found

    def _cases(self, world: World) -> dict[str, Case]:
        tried = _stage(world, Profile()).call("devlint.scenario:declared", {"scenario": str(self.path)})
        assert tried.failure is None, f"{self.path}: {tried.failure}\n{tried.output}"
        return {
            one["name"]: Case(
                **{key: value for key, value in one.items() if key != "name"} | {"profile": Profile(**one["profile"])}
            )
            for one in tried.value
        }


@cache
def _stage(world: World, profile: Profile, processes: bool = False) -> Stage:
    """The stage of a world, which all scenarios of a process share."""
    stage = Stage(world, profile, Limits(processes=processes))
    atexit.register(stage.__exit__, None, None, None)
    return stage
