"""A file before and after repairs, as sides of an attempt."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from devlint.analysis import lexicon
from devlint.analysis.answer import Span
from devlint.analysis.file import FileAnalysis, analyse
from devlint.finding import Finding, Safety
from devlint.fix import repair
from devlint.lint import syntax_tree
from devlint.source import Source
from devlint.verify import defaults, naming
from devlint.verify.approach import Stop, Way, innermost, slice_along
from devlint.verify.attempt import Side
from devlint.verify.beliefs import Beliefs, beliefs
from devlint.verify.binding import parameters
from devlint.verify.slicing import slice_at

#: uses at which the default of a parameter is tried, or what is bound
_USES = 4


@dataclass(frozen=True, slots=True)
class Change:
    """The analyses of a file before and after repairs, and the findings that these are of."""

    before: FileAnalysis
    after: FileAnalysis
    applied: tuple[Finding, ...]

    @property
    def path(self) -> str:
        """The path of the file from the root of the project."""
        return self.before.program.from_root

    def at(self, place: Span) -> tuple[Side, Side]:
        """The slices that end at a place of the file. Raises Unsliceable where there are none."""
        before, after = _side(self.before, place), _side(self.after, self._moved(place))
        return _by_default(before, self._defaults), _by_default(after, self._defaults)

    @property
    def _defaults(self) -> set[str]:
        """The parameters whose defaults the repairs are of."""
        source, found = self.before.program.source, set[str]()
        for place in (finding.place for finding in self.applied):
            span = Span(source.offset(place.line, place.column), source.offset(place.end_line, place.end_column))
            if (name := defaults.parameter(self.before.program, span)) is not None:
                found.add(name)
        return found

    def at_other(self, other: FileAnalysis, place: Span) -> tuple[Side, Side]:
        """The same for a place of another file, which finds this one changed."""
        return self._both(_side(other, place))

    def after_others(self, finding: Finding, place: Span) -> tuple[Side, Side]:
        """The same for a place of the file where all other repairs are in place before, too."""
        source, others = self.before.program.source, [other for other in self.applied if other is not finding]
        repaired = repair(source, others, Safety.UNSAFE, lambda text: ())
        begun = analysed(source, repaired.text, self.before)
        return _side(begun, moved_by(place, source, repaired.applied)), self.at(place)[1]

    def along(self, way: Way) -> tuple[Side, Side]:
        """The same where the place is got to through calls."""
        moved = [Stop(self.after, self._moved(stop.place)) if stop.path == self.path else stop for stop in way]
        return _side_along(way), _side_along(tuple(moved))

    def where_used(self, place: Span, use: Span, made: Container[str]) -> tuple[Side, Side]:
        """The same where something is used that is made at a place."""
        before = _side_where(self.before, place, use, made)
        return before, _side_where(self.after, self._moved(place), self._moved(use), made)

    def where_other_uses(self, other: FileAnalysis, place: Span, use: Span, made: Container[str]) -> tuple[Side, Side]:
        """The same in another file, which finds this one changed."""
        return self._both(_side_where(other, place, use, made))

    def _both(self, side: Side) -> tuple[Side, Side]:
        return side, replace(side, texts={self.path: self.after.program.source.text})

    def _moved(self, place: Span) -> Span:
        return moved_by(place, self.before.program.source, self.applied)


def analysed(source: Source, text: str, analysis: FileAnalysis) -> FileAnalysis:
    """The analysis of a file that has another text, alone: what other files say of it they have said before."""
    changed = source.with_text(text)
    return analyse(changed, syntax_tree(text), analysis.worlds, from_root=analysis.program.from_root)


def moved_by(place: Span, source: Source, applied: Iterable[Finding]) -> Span:
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


def places(finding: Finding, analysis: FileAnalysis) -> Iterator[Span]:
    """Where a bug may show: where it is found, and where it comes out. One in the default of a parameter comes out
    where that is used."""
    source = analysis.program.source
    for place in (finding.place, *(related.place for related in finding.related if related.place.path == source.path)):
        span = Span(source.offset(place.line, place.column), source.offset(place.end_line, place.end_column))
        uses = defaults.uses(analysis.program, span)
        yield from islice(uses, _USES) if uses is not None else (span,)


def uses(finding: Finding, analysis: FileAnalysis) -> Iterator[Span]:
    """Where the first ones are that use what is made where a bug is found: a device is asked for where a tensor goes
    there."""
    source, place = analysis.program.source, finding.place
    span = Span(source.offset(place.line, place.column), source.offset(place.end_line, place.end_column))
    yield from islice(naming.uses(analysis.program, span), _USES)


def places_elsewhere(finding: Finding, analysis: FileAnalysis) -> Iterator[tuple[FileAnalysis, Span]]:
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


def _by_default(side: Side, names: Container[str]) -> Side:
    """The same where nobody gives parameters of these names."""
    believed = {
        world: {text: one for text, one in found.items() if text not in names} for world, found in side.beliefs.items()
    }
    return replace(side, beliefs=believed)


def _side(analysis: FileAnalysis, place: Span) -> Side:
    """The slice of a file that ends at a place, and what is believed in it. Raises Unsliceable where there is none."""
    return Side(slice_at(analysis.program.source, analysis.program.tree, place), _believed(analysis, place))


def _side_along(way: Way) -> Side:
    """The same where it is got to through calls: the device of what these hand over is where it is, whatever is
    requested."""
    made, texts = slice_along(way)
    believed = {
        world: {text: one for text, one in found.items() if not (one.get("requested") and text.endswith(".device"))}
        for world, found in _agreed((stop.analysis, stop.place) for stop in way).items()
    }
    return Side(made, believed, texts)


def _side_where(analysis: FileAnalysis, place: Span, use: Span, made: Container[str]) -> Side:
    """The same where something is used that is made at another place: the program makes it, and what is in half
    precision there."""
    slice = slice_at(analysis.program.source, analysis.program.tree, use, alone=True)
    believed = {
        world: {text: one for text, one in found.items() if text not in made and not one.get("half")}
        for world, found in _agreed([(analysis, use), (analysis, place)]).items()
    }
    return Side(slice, believed)


def _agreed(places: Iterable[tuple[FileAnalysis, Span]]) -> dict[str, Beliefs]:
    """What is believed at some places by world, but for what is not the same at all of them."""
    believed: dict[str, Beliefs] = {}
    for analysis, place in places:
        for world, there in _believed(analysis, place).items():
            here = believed.get(world, {})
            doubtful = {text for text in here.keys() & there.keys() if here[text] != there[text]}
            believed[world] = {text: one for text, one in (there | here).items() if text not in doubtful}
    return believed


def _believed(analysis: FileAnalysis, place: Span) -> dict[str, Beliefs]:
    function = innermost(analysis, place, analysis.program.by_node)
    node = innermost(analysis, place, analysis.program.expressions.values())
    with analysis.asking_callers([world.name for world in analysis.worlds]):
        found = beliefs(analysis, function, node, analysis.worlds)
        owner = None if function is None else analysis.program.by_node[function].owner
        if owner is not None and (made := owner.methods.get("__init__")) is not None:  # which is a part of the slice
            for world, there in beliefs(analysis, made.node, None, analysis.worlds).items():
                devices = {name for name in parameters(made.node) & there.keys() if lexicon.names_device(name)}
                found[world] = {name: there[name] for name in devices} | found[world]
        return found
