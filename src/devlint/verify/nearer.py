"""Other ways to see a bug, with more of the program in the place of stand-ins."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from devlint.analysis.answer import Span
from devlint.analysis.file import FileAnalysis
from devlint.finding import Finding
from devlint.shim.profile import Profile
from devlint.verify.approach import ways
from devlint.verify.attempt import Side
from devlint.verify.change import Change, places, places_elsewhere
from devlint.verify.cut import Unsliceable
from devlint.verify.naming import names
from devlint.verify.setting import Setting


@dataclass(frozen=True, slots=True)
class Nearer:
    """The sides of such an attempt, in what it is made, and how in words."""

    before: Side
    after: Side
    setting: Setting
    words: str


def instead(finding: Finding, change: Change, profile: Profile) -> Iterator[Nearer]:
    """What may be tried where an attempt with stand-ins does not say enough."""
    yield from _after_others(finding, change)
    if profile.legacy_half:
        for nearer in _computing(finding, change):
            yield nearer
            yield replace(nearer, setting=replace(nearer.setting, is_given=True))
    yield from _called(finding, change)


def _after_others(finding: Finding, change: Change) -> Iterator[Nearer]:
    """A place that other bugs of the file are on the way to."""
    if len(change.applied) > 1:
        for place in places(finding, change.before):
            try:
                before, after = change.after_others(finding, place)
                is_new = before.slice != change.at(place)[0].slice
            except Unsliceable:
                continue
            if is_new and before.slice != after.slice:
                yield _nearer(change.before, place, before, after, "once the other fixes of the file are applied")


def _computing(finding: Finding, change: Change) -> Iterator[Nearer]:
    """What a place makes in half precision, where the program computes with it."""
    for place in places(finding, change.before):
        made = names(change.before.program, place)
        for use in _calls_of(change.before, made, place):
            try:
                before, after = change.where_used(place, use, made)
            except Unsliceable:
                continue
            if before.slice != after.slice:
                yield _nearer(change.before, use, before, after, "where {} computes with it")
    for other, place in places_elsewhere(finding, change.before):
        made = names(other.program, place)
        for use in _calls_of(other, made, place):
            try:
                before, after = change.where_other_uses(other, place, use, made)
            except Unsliceable:
                continue
            yield _nearer(other, use, before, after, "where {} computes with it")


def _calls_of(analysis: FileAnalysis, made: set[str], place: Span) -> Iterator[Span]:
    """The calls of something that was made before."""
    span = analysis.program.span
    for node in ast.walk(analysis.program.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in made and span(node).start > place.end:
            yield span(node)


def _called(finding: Finding, change: Change) -> Iterator[Nearer]:
    """A place that is got to through calls of the function around it."""
    witness = next(world for world in change.before.worlds if world.name == finding.witness)
    for place in places(finding, change.before):
        for way in ways(change.before, place, witness):
            try:
                before, after = change.along(way)
            except Unsliceable:
                continue
            outermost = way[-1]
            yield _nearer(outermost.analysis, outermost.place, before, after, "called from {}")


def _nearer(analysis: FileAnalysis, place: Span, before: Side, after: Side, words: str) -> Nearer:
    """An attempt that begins in the file of an analysis."""
    root, at = analysis.project.root, analysis.program.source.place(*place)
    setting = Setting(None if root is None else str(root), analysis.program.from_root)
    return Nearer(before, after, setting, words.format(f"{at.path}:{at.line}"))
