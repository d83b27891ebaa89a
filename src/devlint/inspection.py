"""One file, from its bytes to what is reported about it: lint, suppress, repair."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.error import DevlintError
from devlint.files import Walked, display, find_files
from devlint.finding import Finding, Safety
from devlint.report import Basis, Checked, Excerpt
from devlint.settings.configuration import Configuration
from devlint.settings.project import root_of, torch_of
from devlint.settings.selection import selected
from devlint.words import matters
from devlint.world import VersionRange, World

if TYPE_CHECKING:  # most files never need any of it
    from devlint.analysis.project import Project
    from devlint.lint import Linted
    from devlint.loaded import LoadedRule
    from devlint.source import Source
    from devlint.verify.verification import Verification


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with findings: ``fix`` repairs them as far as ``allowed``, ``write`` puts repairs into the files.
    With a ``verification`` fixes are tried first, which runs code."""

    fix: bool = False
    write: bool = False
    allowed: Safety = Safety.SAFE
    verification: Verification | None = None

    def tries(self, finding: Finding) -> bool:
        """Whether the fix of a finding is of interest to a verification: one that would be applied, or any at all where
        none is applied."""
        return finding.fix is not None and (not self.fix or finding.fix.safety <= self.allowed)


@dataclass(frozen=True)
class _Terms:
    """What holds for one file: the root of its project, its path from there, the rules that run in it and all that
    there are, its worlds and whether somebody declares them, the torch versions of its project, and whether it wants
    pedantic findings and reasons for suppressions."""

    root: Path
    from_root: str
    rules: tuple[LoadedRule, ...]
    known: Sequence[LoadedRule]
    worlds: tuple[World, ...]
    declared: bool
    torch: VersionRange
    pedantic: bool
    require_reason: bool

    @cached_property
    def text(self) -> str:
        """The same in words, with a rule for its name."""
        rules, known = ([rule.name for rule in some] for some in (self.rules, self.known))
        return repr((rules, known, replace(self, rules=(), known=())))


@dataclass(frozen=True, slots=True)
class Inspection:
    """How every file of a run is looked at. Unless the plan says so, writes nothing, so that
    any process may look at any file."""

    configuration: Configuration
    rules: Sequence[LoadedRule]
    plan: Plan
    #: the projects of the files that were looked at, by root, with what is known of their files
    projects: dict[Path, Project] = field(default_factory=dict, compare=False)
    #: their files, and the backends that they choose between
    listings: dict[Path, tuple[Path, ...]] = field(default_factory=dict, compare=False)
    discovered: dict[Path, tuple[str, ...]] = field(default_factory=dict, compare=False)
    #: the terms that files share, by what decides them
    shared: dict[tuple[Hashable, ...], _Terms] = field(default_factory=dict, compare=False)
    #: the folders that were searched for files
    walked: Walked = field(default_factory=dict, compare=False)

    def glance(self, path: Path) -> Checked | None:
        """What can be said of a file without reading it as Python: that it cannot be read, or that nothing in it is
        of interest; None when it has to be inspected."""
        try:
            data = path.read_bytes()
        except OSError as error:
            return _unread(path, error)
        return None if matters(data) else Checked(display(path))

    def inspect(self, path: Path, data: bytes | None = None) -> Checked:
        """What comes of one file, or of ``data`` as if the file held it.

        A mistake in the file, such as a suppression that names no rule, is one of its failures, and so is a bug in
        devlint that it brings to light: the other files go on.
        """
        if path.suffix == ".ipynb":
            return Checked(display(path), notices=(f"{display(path)}: not looked at: notebooks are not supported yet",))
        source = _decoded(path, data)
        if isinstance(source, Checked):
            return source
        checked = _safely(Checked(source.path), lambda: self._inspected(path, source))
        return checked if data is not None else replace(checked, text=b"")

    def tried(self, checked: Checked, data: bytes | None = None) -> Checked:
        """A file that was inspected and not repaired, with what comes of trying its fixes."""
        path = Path(checked.path).absolute()
        source = _decoded(path, data)
        if isinstance(source, Checked):
            return source
        return _safely(
            checked, lambda: replace(checked, findings=self._tried(checked.findings, source, self._terms(path)))
        )

    def _inspected(self, path: Path, source: Source) -> Checked:
        terms = self._terms(path)
        project = self._project(terms.root)
        linted = _lint(source, terms, project)
        findings, beside = _belonging(_kept(source, linted, terms), terms, project)
        project.relieve()
        checked = Checked(
            source.path,
            from_root=terms.from_root,
            torch=linted.torch,
            findings=findings,
            notices=linted.notices,
            failures=tuple(
                f"{crash.path}:{crash.line}: rule `{crash.rule}` crashed: {crash.message}" for crash in linted.crashes
            ),
            text=source.encode(source.text),
            causes=(*linted.causes, *beside),
            basis=None if linted.cut_short else _basis(linted, findings, project),
        )
        if self.plan.fix:
            checked = self._repaired(checked, path, source, terms)
        return replace(checked, excerpts=_excerpts(checked.findings, source.decode(checked.text, source.path)))

    def _repaired(self, checked: Checked, path: Path, source: Source, terms: _Terms) -> Checked:
        """The file after its repair, which is written if the plan says so and left alone if it cannot be."""
        from devlint.fix import diff, repair, write  # not for those who only check

        def judged(text: Source) -> tuple[Finding, ...]:
            project = self._project(terms.root)
            findings, _ = _belonging(_kept(text, _lint(text, terms, project), terms), terms, project)
            return self._tried(_offered(findings, terms), text, terms)

        offered = _offered(checked.findings, terms)
        repaired = repair(source, self._tried(offered, source, terms), self.plan.allowed, judged)
        failures = checked.failures
        if repaired.refused:
            failures += (f"{source.path}: not repaired: {repaired.refused}",)
        if repaired.text == source.text:
            return replace(checked, findings=repaired.remaining, failures=failures)
        try:
            text = source.encode(repaired.text)
            if self.plan.write:
                write(path, text, source.path)
        except DevlintError as error:
            return replace(checked, failures=(*failures, error.line))
        return replace(
            checked,
            findings=repaired.remaining,
            fixed=repaired.applied,
            patch=diff(source.path, checked.text, text),
            text=text,
            failures=failures,
        )

    def _tried(self, findings: tuple[Finding, ...], source: Source, terms: _Terms) -> tuple[Finding, ...]:
        """The findings of a file, with what comes of trying their fixes where the plan says so."""
        if self.plan.verification is None or not any(map(self.plan.tries, findings)):
            return findings
        from devlint.analysis.file import FileAnalysis, analyse
        from devlint.lint import syntax_tree
        from devlint.verify.trials import tried

        @cache
        def analysis() -> FileAnalysis:
            return analyse(source, syntax_tree(source.text), terms.worlds, self._project(terms.root), terms.from_root)

        return tried(self.plan.verification, findings, self.plan.tries, source, analysis)

    def _terms(self, path: Path) -> _Terms:
        shared = self._shared(path)
        return replace(shared, from_root=os.path.relpath(path, shared.root).replace(os.sep, "/"))

    def _shared(self, path: Path) -> _Terms:
        """The terms of a file but for its own path: those of most files of a project are the same."""
        settings = self.configuration.settings(path.parent)
        root = root_of(path.parent)
        targets = settings.targets_of(path), settings.declares_targets(path)
        key = id(settings), root, targets, settings.ignored_in(path)
        if key not in self.shared:
            self.shared[key] = _Terms(
                root=root,
                from_root="",
                rules=selected(settings, self.rules, path),
                known=self.rules,
                worlds=self.worlds(path),
                declared=settings.declares_targets(path),
                torch=settings.torch or torch_of(root)[0],
                pedantic=settings.pedantic,
                require_reason=settings.require_reason,
            )
        return self.shared[key]

    def worlds(self, path: Path) -> tuple[World, ...]:
        """The worlds of a file, with those of the backends that its project chooses between."""
        settings = self.configuration.settings(path.parent)
        return settings.worlds_of(settings.targets_of(path), self.backends(path.parent))

    def backends(self, folder: Path) -> tuple[str, ...]:
        """The backends that the project of a folder chooses between; not looked for where the settings name them."""
        if self.configuration.settings(folder).backends is not None:
            return ()
        root = root_of(folder)
        if root not in self.discovered:
            self.discovered[root] = self._project(root).backends
        return self.discovered[root]

    def is_pedantic(self, path: str) -> bool:
        """Whether what is possible but unproved is to be told of a file."""
        return self.configuration.settings(Path(path).absolute().parent).pedantic

    def listing(self, root: Path) -> tuple[Path, ...]:
        """The Python files of a project."""
        if root not in self.listings:
            self.listings[root] = find_files([str(root)], self.configuration, self.walked)
        return self.listings[root]

    def described(self, path: Path) -> str:
        """All terms on which a file is looked at, as one text."""
        return f"{self._shared(path).text}{path}\0{display(path)}"

    def _project(self, root: Path) -> Project:
        from devlint.analysis.project import Project  # most runs see no file that is worth it

        if root not in self.projects:
            self.projects[root] = Project(root, lambda: self.listing(root), display)
        return self.projects[root]


def _decoded(path: Path, data: bytes | None) -> Source | Checked:
    """The text of a file, or of ``data`` in its stead; else what is to be said of it."""
    from devlint.source import Source

    try:
        return Source.decode(path.read_bytes() if data is None else data, display(path))
    except OSError as error:  # it was there a moment ago
        return _unread(path, error)
    except DevlintError as error:
        return Checked(display(path), unreadable=error.line)


def _safely(checked: Checked, work: Callable[[], Checked]) -> Checked:
    """What comes of some work on a file. A mistake in it, or a bug in devlint that it brings to light, is one of its
    failures. Raises Unsupported: no file is to blame for that."""
    try:
        return work()
    except DevlintError as error:
        if isinstance(error, NotImplementedError):  # as Unsupported is, for which a check need not import the shim
            raise
        failure = error.line
    except Exception as error:
        failure = _bug(checked.path, error)
    return replace(checked, failures=(*checked.failures, failure))


def _unread(path: Path, error: OSError) -> Checked:
    return Checked(display(path), unreadable=f"{display(path)}: cannot be read: {error.strerror}")


def _bug(path: str, error: Exception) -> str:
    """One line about an exception that nobody expected, with the place in devlint where it was raised."""
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    at = f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
    return f"{path}: devlint crashed: {type(error).__name__}: {error} ({at}); please report it"


def _lint(source: Source, terms: _Terms, project: Project) -> Linted:
    from devlint.lint import lint

    return lint(source, terms.rules, terms.worlds, terms.torch, terms.from_root, project)


def _basis(linted: Linted, findings: Sequence[Finding], project: Project) -> Basis:
    if linted.alone and not findings:  # what those belong to hangs on other files
        return Basis(alone=True)
    return Basis(False, tuple(os.path.join(str(project.root), path) for path in project.outside))


def _kept(source: Source, linted: Linted, terms: _Terms) -> tuple[Finding, ...]:
    """The findings that nobody suppresses, and the suppressions that suppress nothing."""
    from devlint.grouping import grouped
    from devlint.suppress import suppress

    names = {rule.name for rule in terms.rules}
    suppressed = suppress(source, linted.findings, names, terms.known)
    found = [*suppressed.kept, *suppressed.unused]
    if terms.require_reason:
        found += (_unreasoned(finding) for finding, reason in suppressed.suppressed if not reason)
    shown = (finding for finding in found if terms.pedantic or not finding.pedantic)
    return grouped(shown)


def _offered(findings: Iterable[Finding], terms: _Terms) -> tuple[Finding, ...]:
    """The findings of a file, of which those that nobody is told of are not to be repaired."""
    return tuple(found if terms.pedantic or not found.pedantic else replace(found, fix=None) for found in findings)


def _belonging(
    findings: tuple[Finding, ...], terms: _Terms, project: Project
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings of a file with what they belong to, unless somebody declares what it is for; and the paths of the
    files of its program, if that is for CUDA alone."""
    program = project.program(terms.from_root) if findings and not terms.declared else None
    if program is None:
        return findings, ()
    from devlint import belonging

    return belonging.of_program(belonging.in_order(findings, program, project), program, project, terms.worlds)


def _unreasoned(finding: Finding) -> Finding:
    """A finding whose suppression does not count; it is nobody's wish that it be fixed."""
    return replace(finding, fix=None, help="its suppression gives no reason, and `require-reason` is set")


def _excerpts(findings: Iterable[Finding], source: Source) -> dict[str, Excerpt]:
    """The lines that findings speak of, by path; those of other files are read where they can be."""
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        places = [finding.place, *(related.place for related in finding.related)]
        places += [edit.place for edit in finding.fix.edits] if finding.fix else []
        for place in places:
            wanted.setdefault(place.path, set()).update(range(place.line, place.end_line + 1))
    return {path: _lines(source if path == source.path else _read(path), numbers) for path, numbers in wanted.items()}


def _read(path: str) -> Source:
    from devlint.source import Source

    try:
        return Source.decode(Path(path).read_bytes(), path)
    except (OSError, DevlintError):
        return Source(path, "")


def _lines(source: Source, numbers: Iterable[int]) -> Excerpt:
    return {number: source.lines[number - 1] for number in sorted(numbers) if number <= len(source.lines)}
