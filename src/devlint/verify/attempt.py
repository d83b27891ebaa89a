"""A slice before and after a repair, to be tried in one setting after the other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from devlint.evidence import Evidence, Played, Verdict
from devlint.finding import Finding, Outcome
from devlint.verify.beliefs import Beliefs
from devlint.verify.setting import Setting
from devlint.verify.slicing import Slice
from devlint.verify.stage import Stage
from devlint.verify.verdict import about_devices, does_otherwise, is_condition, judge, played, unseen
from devlint.world import World

#: what happens where what can be seen to work is right
_LOUD = (Outcome.FINE, Outcome.CRASHES)
_REHEARSE = "devlint.verify.rehearsal:rehearse"
#: times that a slice is tried with more conditions that are forced
_FORCES = 4
#: assumptions, of which each is tried otherwise
_MOST_VARIED = 12


@dataclass(frozen=True, slots=True)
class Side:
    """A slice before or after a repair, what is believed in it, by world, and files that it finds changed, by their
    paths from the root of the project."""

    slice: Slice
    beliefs: dict[str, Beliefs]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The two sides of a finding's repair; ``stage`` gives the process that plays a world. ``telling`` are those that
    stand in and have a say, as far as it was found out, with the project's other files and without."""

    finding: Finding
    worlds: tuple[World, ...]
    before: Side
    after: Side
    stage: Callable[[World], Stage]
    telling: set[tuple[str | None, str]] = field(default_factory=set)

    def in_setting(self, setting: Setting) -> Evidence:
        """What comes of it. Where conditions that say the same in every world lead elsewhere, it is tried again as if
        they did not: what is asked is what happens at the place of the slice."""
        for _ in range(_FORCES):
            evidence = self._tried(setting)
            here = evidence.before[self.finding.witness]
            if here.reached or not (misleading := self._misleading(setting)):
                break
            setting = replace(setting, forced=(*setting.forced, *misleading))
        if evidence.verdict is Verdict.REFUTED and (doubt := next(self._doubts(evidence, setting), None)) is not None:
            return replace(evidence, verdict=Verdict.CHECKED, reason=f"it hangs on {doubt}: {evidence.reason}")
        if evidence.verdict is not Verdict.ASSUMED:
            return evidence
        if (wrong := next(self._refuting(evidence, setting), None)) is not None:
            return wrong
        if (conditions := self._conditions(evidence, setting)) is None:
            return evidence
        reason = " and ".join(("nothing that stands in has a say in it", *conditions)).replace(" and ", " where ", 1)
        return replace(evidence, verdict=Verdict.DERIVED, reason=reason)

    def surely(self, setting: Setting) -> Evidence | None:
        """The same where nothing that stands in has a say in it, else None, as soon as that is found out."""
        witness = next(world for world in self.worlds if world.name == self.finding.witness)
        seen = self._played(self.before, witness, setting)
        if unseen(self.finding, seen) is not None or len(seen.assumed) > _MOST_VARIED:
            return None
        if not all(one.others for one in seen.assumed) or not about_devices(seen.error or "device"):
            return None
        subjects = {one.subject: one for one in seen.assumed}
        if any((setting.root, subject) in self.telling for subject in subjects):
            return None
        for subject, one in subjects.items():
            varied = self._played(self.before, witness, replace(setting, varied=(subject, 0)))
            if unseen(self.finding, varied) is not None and not (is_condition(one) and varied.passed_by):
                self._note(setting, subject, varied)
                return None
        evidence = self.in_setting(setting)
        return evidence if evidence.verdict is Verdict.DERIVED else None

    def _refuting(self, evidence: Evidence, setting: Setting) -> Iterator[Evidence]:
        """What a repair spoils for other things that a program takes in place of a tensor: what worked with them has to
        work as before. Where a bug is silent something else is to happen, whatever is taken."""
        loud = [world for world in self.worlds if self.finding.worlds.get(world.name, Outcome.FINE) in _LOUD]
        made = self._made_by_failing(evidence)
        most = {one.subject: one.others for one in evidence.assumptions}
        handed_in = {subject: others for subject, others in most.items() if subject.strip("`") not in made}
        for subject, number in ((one, number) for one, others in handed_in.items() for number in range(1, others)):
            other = replace(setting, varied=(subject, number))
            for world in loud:
                before = self._played(self.before, world, other)
                is_taken = most.keys() >= {one.subject for one in before.assumed}  # nothing else had to stand in
                if before.error is None and before.reached and is_taken:
                    after = self._played(self.after, world, other)
                    if does_otherwise(before, after, world):
                        reason = f"{world.name}: {after.text}, where it was {before.text}, with no tensor for {subject}"
                        sides = {world.name: before}, {world.name: after}
                        yield Evidence(Verdict.REFUTED, reason, *sides, self.before.slice.text)

    def _made_by_failing(self, evidence: Evidence) -> set[str]:
        """The names that statements bind which failed for the sake of what stands in: the program makes something of
        its own there, and nobody hands it in."""
        failed = {one.subject.strip("`") for one in evidence.assumptions if one.predicate.startswith("went well")}
        statements = (node for node in ast.walk(ast.parse(self.before.slice.text)) if isinstance(node, ast.stmt))
        binding = (node for node in statements if ast.unparse(node).partition("\n")[0] in failed)
        names = (one for node in binding for one in ast.walk(node) if isinstance(one, ast.Name))
        return {one.id for one in names if isinstance(one.ctx, ast.Store)}

    def _doubts(self, evidence: Evidence, setting: Setting) -> Iterator[str]:
        """What stands in for something, of which another thing in its place would verify a repair that is refuted."""
        if evidence.assumptions and self._tried(replace(setting, moved=True)).verdict is Verdict.ASSUMED:
            yield "where tensors are"
        for subject in dict.fromkeys(one.subject for one in evidence.assumptions if one.others):
            if self._tried(replace(setting, varied=(subject, 0))).verdict is Verdict.ASSUMED:
                yield f"what {subject} is"

    def _misleading(self, setting: Setting) -> list[str]:
        """The conditions and loops that lead elsewhere in every world."""
        found = [set(self._played(self.before, world, setting).elsewhere) for world in self.worlds]
        return sorted(set.intersection(*found) - set(setting.forced))

    def _conditions(self, evidence: Evidence, setting: Setting) -> list[str] | None:
        """The conditions on the way without which nothing gets to the place, if the repair is verified whatever else
        stands in for what the program does not say; else None."""
        subjects = {one.subject: one for one in evidence.assumptions}
        if len(subjects) > _MOST_VARIED or not all(one.others for one in evidence.assumptions):
            return None
        found: list[str] = []
        for subject, one in subjects.items():
            varied = replace(setting, varied=(subject, 0))
            if (other := self._tried(varied)).verdict is not Verdict.ASSUMED:
                is_open = is_condition(one) and subject.strip("`") not in setting.forced
                if not (is_open and self._is_passed_by(varied)):
                    self._note(setting, subject, other.before[self.finding.witness])
                    return None
                found.append(f"{subject} {one.predicate}")
        return found

    def _note(self, setting: Setting, subject: str, seen: Played) -> None:
        """Remember that something has a say. Where only its shape does not fit, it may have none in another setting."""
        if seen.error is None or about_devices(seen.error):
            self.telling.add((setting.root, subject))

    def _is_passed_by(self, setting: Setting) -> bool:
        """Whether nothing gets to the place in any world, and nothing fails on the way to elsewhere."""
        sides = (self.before, self.after)
        return all(self._played(side, world, setting).passed_by for side in sides for world in self.worlds)

    def _tried(self, setting: Setting) -> Evidence:
        """The same without second thoughts; the witness comes first, since most that fail fail there."""
        witness = next(world for world in self.worlds if world.name == self.finding.witness)
        seen = self._played(self.before, witness, setting)
        if (doubt := unseen(self.finding, seen)) is not None:
            return Evidence(Verdict.CHECKED, doubt, {witness.name: seen}, {}, self.before.slice.text)
        before = {
            world.name: seen if world is witness else self._played(self.before, world, setting) for world in self.worlds
        }
        after = {world.name: self._played(self.after, world, setting) for world in self.worlds}
        return replace(judge(self.finding, self.worlds, before, after), slice=self.before.slice.text)

    def _played(self, side: Side, world: World, setting: Setting) -> Played:
        believed = self.before.beliefs[world.name] | side.beliefs[world.name]
        there = {**asdict(setting), "texts": dict(side.texts)}
        arguments = {**asdict(side.slice), "beliefs": believed, "setting": there}
        return played(self.stage(world).call(_REHEARSE, arguments))
