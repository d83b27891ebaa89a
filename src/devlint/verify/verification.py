"""Repairs of findings, tried: each as a slice of its file, before and after, in every world of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from devlint.analysis.answer import Span
from devlint.analysis.file import FileAnalysis
from devlint.evidence import Evidence, Verdict
from devlint.finding import Finding, Safety
from devlint.fix import repair
from devlint.shim.profile import Profile
from devlint.source import Source
from devlint.verify.attempt import Attempt
from devlint.verify.change import Change, analysed, places, places_elsewhere, uses
from devlint.verify.cut import Unsliceable
from devlint.verify.isolation import Limits
from devlint.verify.nearer import instead
from devlint.verify.setting import Setting
from devlint.verify.stage import Stage
from devlint.world import Request, World

_HALF = frozenset({"unconditional-half", "half-by-default"})


class Verification:
    """Tries repairs; keeps the stages of all worlds that it played. Use it as a context.

    Raises Unsupported where the installed torch cannot play a world.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stages: dict[tuple[World, Profile], Stage] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Verification:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()

    def verify(
        self, finding: Finding, source: Source, analysis: FileAnalysis, others: Sequence[Finding] = ()
    ) -> Evidence:
        """Try the fix of a finding of this file, which has one, together with those of others in it: a statement may
        hold several bugs."""
        repaired = repair(source, [finding, *others], Safety.UNSAFE, lambda text: ())
        if finding not in repaired.applied:
            repaired = repair(source, [finding], Safety.UNSAFE, lambda text: ())
        if finding not in repaired.applied:
            return _checked(repaired.refused or "its fix is for display only")
        change = Change(analysis, analysed(source, repaired.text, analysis), repaired.applied)
        profile = Profile(legacy_half=finding.rule in _HALF)
        stage = partial(self._stage, profile=profile)
        found = _at_places(finding, change, stage)
        if found.verdict in (Verdict.DERIVED, Verdict.REFUTED):
            return found
        for nearer in instead(finding, change, profile):
            attempt = Attempt(finding, analysis.worlds, nearer.before, nearer.after, stage)
            if (evidence := attempt.surely(nearer.setting)) is not None:
                return replace(evidence, reason=f"{evidence.reason}, {nearer.words}")
        return found

    def _stage(self, world: World, profile: Profile) -> Stage:
        # worlds that differ in the request are one machine
        single = replace(world, request=Request.NONE, name=world.accelerator) if world.accelerator else world
        machine = single if world.count == 1 and world.build == world.accelerator else world
        if (machine, profile) not in self._stages:
            self._stages[machine, profile] = self._stack.enter_context(Stage(machine, profile, self._limits))
        return self._stages[machine, profile]


def _at_places(finding: Finding, change: Change, stage: Callable[[World], Stage]) -> Evidence:
    """What comes of a repair where the bug may show, with stand-ins for what the function there is given."""
    first: Evidence | None = None
    for place in places(finding, change.before):
        evidence = _at_place(finding, change, place, stage)
        if evidence.verdict is not Verdict.CHECKED:
            return evidence
        first = first or evidence
    for other, place in places_elsewhere(finding, change.before):
        try:
            before, after = change.at_other(other, place)
        except Unsliceable:
            continue
        setting = Setting(str(change.before.project.root), other.program.from_root)
        evidence = Attempt(finding, change.before.worlds, before, after, stage).in_setting(setting)
        if evidence.verdict is not Verdict.CHECKED and not _is_unmoved(evidence):  # what fails on has a cause there
            return evidence
    assert first is not None
    return _at_uses(finding, change, stage) or first


def _at_uses(finding: Finding, change: Change, stage: Callable[[World], Stage]) -> Evidence | None:
    """What comes of it where what is made there is used, if the repair is verified there: whether another use goes on
    failing is another bug's affair."""
    found: Evidence | None = None
    for use in uses(finding, change.before):
        evidence = _at_place(finding, change, use, stage)
        if evidence.verdict is Verdict.DERIVED:
            return evidence
        if evidence.verdict is Verdict.ASSUMED:
            found = found or evidence
    return found


def _at_place(finding: Finding, change: Change, place: Span, stage: Callable[[World], Stage]) -> Evidence:
    try:
        before, after = change.at(place)
        if after.slice == before.slice:
            raise Unsliceable("the fix is not in it")
    except Unsliceable as error:
        return _checked(f"no slice: {error}")
    return _best(Attempt(finding, change.before.worlds, before, after, stage), _settings(change.before))


def _best(attempt: Attempt, settings: Iterable[Setting]) -> Evidence:
    """What comes of an attempt in the first setting that tells anything, else in the first; what is only assumed there
    may be sure in another one."""
    found: list[Evidence] = []
    for setting in settings:
        if found and found[-1].verdict is Verdict.ASSUMED:
            if (evidence := attempt.surely(setting)) is not None:
                return evidence
            continue
        evidence = attempt.in_setting(setting)
        if evidence.verdict in (Verdict.DERIVED, Verdict.REFUTED):
            return evidence
        found.append(evidence)
    return found[-1] if found[-1].verdict is Verdict.ASSUMED else found[0]


def _settings(analysis: FileAnalysis) -> Iterator[Setting]:
    """In what a slice of a file is tried: with the other files of its project, without, and with other inputs."""
    root, path = analysis.project.root, analysis.program.from_root
    there = None if root is None else str(root)
    if there is not None:
        yield Setting(there, path)
    yield Setting(None, path)
    yield Setting(there, path, whole=True)
    yield Setting(None, path, is_given=True)
    yield Setting(None, path, rank=4)
    yield Setting(None, path, rank=3)
    yield Setting(None, path, rank=1)


def _is_unmoved(evidence: Evidence) -> bool:
    """Whether a repair changes nothing in any world."""
    return all(played.text == evidence.after[world].text for world, played in evidence.before.items())


def _checked(reason: str) -> Evidence:
    return Evidence(Verdict.CHECKED, reason, {}, {})
