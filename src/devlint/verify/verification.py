"""Repairs of findings, tried: each as a slice of its file, before and after, in every world of the file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from devlint.analysis.answer import Span
from devlint.analysis.file import FileAnalysis, analyse
from devlint.evidence import Evidence, Verdict
from devlint.finding import Finding, Safety
from devlint.fix import repair
from devlint.lint import syntax_tree
from devlint.shim.profile import Profile
from devlint.source import Source
from devlint.verify.attempt import Attempt, Side
from devlint.verify.beliefs import beliefs
from devlint.verify.cut import Unsliceable
from devlint.verify.isolation import Limits
from devlint.verify.setting import Setting
from devlint.verify.slicing import slice_at
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
        changed = source.with_text(repaired.text)
        # alone: what other files say of it they have said before
        from_root = analysis.program.from_root
        mended = analyse(changed, syntax_tree(changed.text), analysis.worlds, from_root=from_root)
        profile = Profile(legacy_half=finding.rule in _HALF)
        stage = partial(self._stage, profile=profile)
        first: Evidence | None = None
        for place in _places(finding, source):
            try:
                before, after = _side(analysis, place), _side(mended, _moved(place, source, repaired.applied))
                if after.slice == before.slice:
                    raise Unsliceable("the fix is not in it")
            except Unsliceable as error:
                first = first or _checked(f"no slice: {error}")
                continue
            evidence = _best(Attempt(finding, analysis.worlds, before, after, stage), _settings(analysis))
            if evidence.verdict is not Verdict.CHECKED:
                return evidence
            first = first or evidence
        for other, place in _places_elsewhere(finding, analysis):
            try:
                before = _side(other, place)
            except Unsliceable:
                continue
            after = replace(before, texts={from_root: changed.text})
            setting = Setting(str(analysis.project.root), other.program.from_root)
            evidence = Attempt(finding, analysis.worlds, before, after, stage).in_setting(setting)
            if evidence.verdict is not Verdict.CHECKED and not _is_unmoved(evidence):  # what fails on has a cause there
                return evidence
        assert first is not None
        return first

    def _stage(self, world: World, profile: Profile) -> Stage:
        # worlds that differ in the request are one machine
        single = replace(world, request=Request.NONE, name=world.accelerator) if world.accelerator else world
        machine = single if world.count == 1 and world.build == world.accelerator else world
        if (machine, profile) not in self._stages:
            self._stages[machine, profile] = self._stack.enter_context(Stage(machine, profile, self._limits))
        return self._stages[machine, profile]


def _side(analysis: FileAnalysis, place: Span) -> Side:
    """The slice of a file that ends at a place, and what is believed in it. Raises Unsliceable where there is none."""
    made = slice_at(analysis.program.source, analysis.program.tree, place)
    function, node = _function_at(analysis, place), _expression_at(analysis, place)
    with analysis.asking_callers([world.name for world in analysis.worlds]):
        return Side(made, beliefs(analysis, function, node, analysis.worlds))


def _best(attempt: Attempt, settings: Iterable[Setting]) -> Evidence:
    """What comes of an attempt in the first setting that tells anything, else in the first; what is only assumed where
    the project is around may do without it."""
    found: list[Evidence] = []
    for setting in settings:
        evidence = attempt.in_setting(setting)
        if found and found[0].verdict is Verdict.ASSUMED:
            return evidence if evidence.verdict is Verdict.DERIVED else found[0]
        if evidence.verdict in (Verdict.DERIVED, Verdict.REFUTED):
            return evidence
        if evidence.verdict is Verdict.ASSUMED and (found or setting.root is None):
            return evidence
        found.append(evidence)
    return found[0]


def _settings(analysis: FileAnalysis) -> Iterator[Setting]:
    """In what a slice of a file is tried: with the other files of its project, without, and with other inputs."""
    root, path = analysis.project.root, analysis.program.from_root
    if root is not None:
        yield Setting(str(root), path)
    yield Setting(None, path)
    yield Setting(None, path, is_given=True)
    yield Setting(None, path, rank=4)
    yield Setting(None, path, rank=3)


def _is_unmoved(evidence: Evidence) -> bool:
    """Whether a repair changes nothing in any world."""
    return all(played.text == evidence.after[world].text for world, played in evidence.before.items())


def _checked(reason: str) -> Evidence:
    return Evidence(Verdict.CHECKED, reason, {}, {})


def _moved(place: Span, source: Source, applied: Iterable[Finding]) -> Span:
    """Where what stood at a place begins after the edits of fixes, one of which may have wrapped it."""
    start = place.start
    for edit in {edit for finding in applied if finding.fix is not None for edit in finding.fix.edits}:
        begin = source.offset(edit.place.line, edit.place.column)
        end = source.offset(edit.place.end_line, edit.place.end_column)
        if begin <= place.start and place.end <= end and (at := edit.text.rfind(source.text[slice(*place)])) >= 0:
            start += begin + at - place.start
        elif end <= place.start and (end, begin) != (place.start, place.start):
            start += len(edit.text) - (end - begin)
    return Span(start, start)


def _places(finding: Finding, source: Source) -> Iterator[Span]:
    """Where a bug may show: where it is found, and where it comes out."""
    for place in (finding.place, *(related.place for related in finding.related if related.place.path == source.path)):
        yield Span(source.offset(place.line, place.column), source.offset(place.end_line, place.end_column))


def _places_elsewhere(finding: Finding, analysis: FileAnalysis) -> Iterator[tuple[FileAnalysis, Span]]:
    """Where a bug comes out in other files of the project."""
    root = analysis.project.root
    for place in (related.place for related in finding.related if related.same_cause):
        path = Path(place.path).absolute()
        if root is None or place.path == analysis.program.source.path or not path.is_relative_to(root):
            continue
        program = analysis.project.program(path.relative_to(root).as_posix())
        if program is not None:
            start = program.source.offset(place.line, place.column)
            end = program.source.offset(place.end_line, place.end_column)
            yield FileAnalysis(program, analysis.worlds, analysis.project), Span(start, end)


def _function_at(analysis: FileAnalysis, place: Span) -> ast.AST | None:
    """The innermost function around a place."""
    return _innermost(analysis, place, (node for node in analysis.program.by_node))


def _expression_at(analysis: FileAnalysis, place: Span) -> ast.AST | None:
    return _innermost(analysis, place, analysis.program.expressions.values())


def _innermost(analysis: FileAnalysis, place: Span, nodes: Iterable[ast.AST]) -> ast.AST | None:
    """The last of these nodes that begins before a place and ends behind it."""
    span = analysis.program.span
    around = [node for node in nodes if span(node).start <= place.start and place.end <= span(node).end]
    return max(around, key=lambda node: (span(node).start, -span(node).end), default=None)
