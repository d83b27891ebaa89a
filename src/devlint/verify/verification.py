"""Repairs of findings, tried: each as a slice of its file, before and after, in every world of the file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import Any

from devlint.analysis.answer import Span
from devlint.analysis.file import FileAnalysis, analyse
from devlint.evidence import Evidence, Played, Verdict
from devlint.finding import Finding, Safety
from devlint.fix import repair
from devlint.lint import syntax_tree
from devlint.shim.profile import Profile
from devlint.source import Source
from devlint.verify.beliefs import Beliefs, beliefs
from devlint.verify.isolation import Limits
from devlint.verify.slicing import Slice, Unsliceable, slice_at
from devlint.verify.stage import Stage
from devlint.verify.verdict import judge, played, unseen
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
        program = analysis.program
        mended = analyse(changed, syntax_tree(changed.text), analysis.worlds, analysis.project, program.from_root)
        profile = Profile(legacy_half=finding.rule in _HALF)
        first: Evidence | None = None
        for place in _places(finding, source):
            try:
                before = _Side.at(analysis, place)
                after = _Side.at(mended, _moved(place, source, repaired.applied))
                if after.slice == before.slice:
                    raise Unsliceable("the fix is not in it")
            except Unsliceable as error:
                first = first or _checked(f"no slice: {error}")
                continue
            evidence = self._tried(finding, analysis.worlds, before, after, profile)
            if evidence.verdict is not Verdict.CHECKED:
                return evidence
            first = first or evidence
        assert first is not None
        return first

    def _tried(
        self, finding: Finding, worlds: tuple[World, ...], before: _Side, after: _Side, profile: Profile
    ) -> Evidence:
        """What comes of a slice before and after; the witness comes first, since most that fail fail there."""
        witness = next(world for world in worlds if world.name == finding.witness)

        def rehearsed(side: _Side, world: World) -> Played:
            believed = before.beliefs[world.name] | side.beliefs[world.name]
            return played(self._stage(world, profile).call(_REHEARSE, _arguments(side.slice, believed)))

        seen = rehearsed(before, witness)
        if (doubt := unseen(finding, seen)) is not None:
            return Evidence(Verdict.CHECKED, doubt, {witness.name: seen}, {}, before.slice.text)
        first = {world.name: seen if world is witness else rehearsed(before, world) for world in worlds}
        second = {world.name: rehearsed(after, world) for world in worlds}
        return replace(judge(finding, worlds, first, second), slice=before.slice.text)

    def _stage(self, world: World, profile: Profile) -> Stage:
        # worlds that differ in the request are one machine
        single = replace(world, request=Request.NONE, name=world.accelerator) if world.accelerator else world
        machine = single if world.count == 1 and world.build == world.accelerator else world
        if (machine, profile) not in self._stages:
            self._stages[machine, profile] = self._stack.enter_context(Stage(machine, profile, self._limits))
        return self._stages[machine, profile]


@dataclass(frozen=True, slots=True)
class _Side:
    """A slice before or after a repair, and what is believed in it, by world."""

    slice: Slice
    beliefs: dict[str, Beliefs]

    @classmethod
    def at(cls, analysis: FileAnalysis, place: Span) -> _Side:
        """Raises Unsliceable where there is none."""
        made = slice_at(analysis.program.source, analysis.program.tree, place)
        function, node = _function_at(analysis, place), _expression_at(analysis, place)
        with analysis.asking_callers([world.name for world in analysis.worlds]):
            return cls(made, beliefs(analysis, function, node, analysis.worlds))


_REHEARSE = "devlint.verify.rehearsal:rehearse"


def _arguments(one: Slice, believed: Beliefs) -> dict[str, Any]:
    return {**asdict(one), "inputs": list(one.inputs), "beliefs": believed}


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
