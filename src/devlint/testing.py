"""Every promise that a rule folder keeps, for the tests of rule packs, ours and anybody's::

    @pytest.mark.parametrize("folder", rule_folders("my_rules"), ids=lambda folder: folder.name)
    def test_rule(folder: Path) -> None:
        check_rule(folder)

``examples/bad.py`` marks the first line of each finding with ``# expect: WORLD[, WORLD]``, the worlds in which it goes
wrong; ``examples/fixed.py`` is what the fixes make of it, without these marks; ``examples/good.py`` holds near misses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from devlint.analysis import backends
from devlint.finding import Finding, Outcome, Safety
from devlint.fix import repair
from devlint.lint import lint
from devlint.packs import LoadedRule, load_packs
from devlint.source import Source
from devlint.world import DEFAULT_TARGETS, DEFAULT_TORCH, VersionRange, World, worlds_of

#: the headings of a rule's page, in this order
HEADINGS = (
    "What it does", "Why is this bad", "Example", "Use instead", "When it stays silent", "Fix safety", "References",
)  # fmt: skip

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z]+[0-9]+")
_MARK = re.compile(r"[ \t]*# expect: (?P<worlds>.*)")
_STYLE = re.compile(r"[a-z`].*[^.\s]", re.DOTALL)


def rule_folders(package: str) -> list[Path]:
    """The rule folders of an importable rule pack, by name. Raises ImportError when there is no such package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"no package {package!r}")
    return sorted(init.parent for path in spec.submodule_search_locations for init in Path(path).glob("*/__init__.py"))


def check_rule(folder: Path | str) -> None:
    """Check one rule folder.

    Raises AssertionError, which says what promise is broken and where, and DevlintError for a folder that cannot be
    loaded at all.
    """
    rule = _load(Path(folder).resolve())
    _check_identity(rule)
    _check_page(rule)
    if rule.engine:
        return
    bad, good = _example(rule, "bad"), _example(rule, "good")
    findings = _findings(bad, rule)
    _check_expected(bad, findings)
    for finding in findings:
        _check_finding(bad, finding, rule)
    _check_silent(good, rule)
    _check_fixed(bad, findings, rule)
    _check_scenario(bad, findings, rule)
    _check_neighbours((bad, good), rule)


# -- the folder


@cache
def _installed() -> tuple[LoadedRule, ...]:
    return load_packs()


def _load(folder: Path) -> LoadedRule:
    for rule in _installed():
        if rule.folder.resolve() == folder:
            return rule
    return next(rule for rule in load_packs([folder.parent]) if rule.folder.resolve() == folder)


def _check_identity(rule: LoadedRule) -> None:
    init = rule.folder / "__init__.py"
    assert _NAME.fullmatch(rule.folder.name), f"{rule.folder}: a folder is named in lower case, with underscores"
    assert _CODE.fullmatch(rule.code), f"{init}: the code {rule.code!r} is not letters and digits"
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert module == "devlint.rule", f"{init}:{node.lineno}: imports more than devlint.rule"
    assert all(rule.rule.triggers), f"{init}: an empty trigger"
    assert rule.engine or rule.rule.triggers, f"{init}: a rule with a check needs triggers"


def _check_page(rule: LoadedRule) -> None:
    page = rule.folder / "README.md"
    assert rule.summary, f"{page}:1: the first line is the summary"
    found = re.findall(r"^## (.+)$", rule.readme, re.MULTILINE)
    assert found == list(HEADINGS), f"{page}: headings {found}, not {list(HEADINGS)}"


# -- the examples


def _example(rule: LoadedRule, name: str) -> Source:
    path = rule.folder / "examples" / f"{name}.py"
    assert path.exists(), f"{path}: missing"
    return Source.decode(path.read_bytes(), f"{rule.folder.name}/examples/{name}.py")


def _worlds(source: Source, rule: LoadedRule) -> tuple[World, ...]:
    """The default worlds and those of the rule's targets, with those of the backends that an example chooses between,
    as if it were a project."""
    return worlds_of(DEFAULT_TARGETS + rule.rule.targets, backends=backends.known([source.text.encode()]))


def _findings(source: Source, rule: LoadedRule) -> tuple[Finding, ...]:
    linted = lint(source, [rule], _worlds(source, rule), DEFAULT_TORCH)
    assert not linted.crashes, f"{source.path}:{linted.crashes[0].line}: the rule crashes: {linted.crashes[0].message}"
    assert not linted.notices, f"{source.path}: not looked at: {linted.notices[0]}"
    return tuple(finding for finding in linted.findings if not finding.pedantic)


def _check_expected(source: Source, findings: Sequence[Finding]) -> None:
    expected = {
        number: sorted(match["worlds"].split(", "))
        for number, line in enumerate(source.lines, 1)
        if (match := _MARK.search(line))
    }
    assert expected, f"{source.path}: no `# expect:` line"
    found: dict[int, list[str]] = {}
    for finding in findings:
        line = finding.place.line
        assert line in expected, f"{source.path}:{line}: unexpected finding: {finding.message}"
        found.setdefault(line, []).extend(_bad_worlds(finding))
    for line, worlds in expected.items():
        assert line in found, f"{source.path}:{line}: no finding; does the statement hold a trigger?"
        assert sorted(found[line]) == worlds, f"{source.path}:{line}: goes wrong in {sorted(found[line])}, not {worlds}"


def _bad_worlds(finding: Finding) -> list[str]:
    return [world for world, outcome in finding.worlds.items() if outcome is not Outcome.FINE]


def _check_finding(source: Source, finding: Finding, rule: LoadedRule) -> None:
    where = f"{source.path}:{finding.place.line}"
    declared = [world.name for world in _worlds(source, rule)]
    assert finding.witness in declared, f"{where}: the witness {finding.witness!r} is no declared world"
    assert set(finding.worlds) <= set(declared), f"{where}: worlds that are not declared: {set(finding.worlds)}"
    assert finding.because is not None, f"{where}: no evidence"
    for text in (finding.message, finding.help, *(related.message for related in finding.related)):
        assert _STYLE.fullmatch(text), f"{where}: lower case and no full stop, not {text!r}"
    assert f"`{finding.witness}`" in finding.message, f"{where}: the message does not name its witness"


def _check_silent(source: Source, rule: LoadedRule) -> None:
    for finding in _findings(source, rule):
        raise AssertionError(f"{source.path}:{finding.place.line}: should be silent: {finding.message}")


def _check_fixed(bad: Source, findings: Sequence[Finding], rule: LoadedRule) -> None:
    if not rule.fixable:
        assert not any(finding.fix for finding in findings), f"{bad.path}: there are fixes, but no fixed.py"
        return
    repaired = repair(bad, findings, Safety.UNSAFE, lambda source: _findings(source, rule))
    assert not repaired.refused, f"{bad.path}: the fix is refused: {repaired.refused}"
    fixed = _example(rule, "fixed")
    for number, line, wanted in _differences(_unmarked(repaired.text), fixed.text):
        raise AssertionError(f"{fixed.path}:{number}: the fix writes {line!r}, not {wanted!r}")
    left = {finding.message for finding in findings if finding.fix is None}
    for finding in _findings(fixed, rule):
        assert finding.message in left, f"{fixed.path}:{finding.place.line}: still found: {finding.message}"
    again = repair(fixed, _findings(fixed, rule), Safety.UNSAFE, lambda source: _findings(source, rule))
    assert again.text == fixed.text, f"{fixed.path}: a second run changes it"


def _check_scenario(bad: Source, findings: Sequence[Finding], rule: LoadedRule) -> None:
    """What the findings say of the worlds is true of programs that run; a rule pack may do without."""
    path = rule.folder / "scenario.py"
    if not path.exists():
        return
    from devlint.verify.scenarios import Mark, Scenario  # which needs torch in what it starts

    scenario, worlds = Scenario(path), _worlds(bad, rule)
    marks = {
        finding.place: Mark(
            bad.lines[finding.place.line - 1],
            _bad_worlds(finding),
            finding.message,
            _is_repaired(finding),
            _is_current(finding),
        )
        for finding in findings
    }
    repaired = _example(rule, "fixed").text if rule.fixable else None
    scenario.check(bad.text, repaired, list(marks.values()), worlds)
    for finding in findings:
        mark = marks[finding.place]
        if mark.repaired and scenario.covers(mark, worlds[0]):
            others = [other for other in findings if other is not finding]
            without = _unmarked(repair(bad, others, Safety.UNSAFE, lambda source: ()).text)
            wrong = [world for world in worlds if world.name in mark.worlds]
            where = f"{path}: {mark.text.strip()}"
            assert scenario.refutes(without, mark, wrong), f"{where}: without its fix the scenario is the same"


def _is_current(finding: Finding) -> bool:
    """Whether a finding is about the installed torch, too."""
    release = tuple(int(number) for number in version("torch").split(".")[:2])
    return finding.torch is None or release in VersionRange.parse(finding.torch)


def _is_repaired(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.safety is not Safety.DISPLAY


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


def _differences(text: str, wanted: str) -> Iterator[tuple[int, str, str]]:
    lines, wanted_lines = text.split("\n"), wanted.split("\n")
    for number in range(max(len(lines), len(wanted_lines))):
        line, other = ("".join(part[number : number + 1]) for part in (lines, wanted_lines))
        if line != other:
            yield number + 1, line, other


def _check_neighbours(sources: Sequence[Source], rule: LoadedRule) -> None:
    """No other rule crashes on the examples."""
    for source in sources:
        for crash in lint(source, _installed(), _worlds(source, rule), DEFAULT_TORCH).crashes:
            raise AssertionError(f"{source.path}:{crash.line}: {crash.rule} crashes: {crash.message}")
