"""What a rule says of itself: its page, and the table of all rules."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from devlint.loaded import LoadedRule

_EXPECT = re.compile(r"[ \t]*#[ \t]*expect:(?P<worlds>[^\n#]*)")


def page(rule: LoadedRule) -> str:
    """The README of a rule under a line that says what it is, its worked example, and the worlds it shows up in."""
    facts = rule.rule
    parts = [
        f"{facts.code} {rule.name} ({facts.severity}, {facts.stability}, since {facts.since})",
        rule.readme.strip(),
    ]
    if change := example(rule):
        parts.append(f"Before and after:\n\n{change.rstrip()}")
    if found := worlds(rule):
        parts.append(f"Worlds of the example: {', '.join(found)}")
    return "\n\n".join(parts) + "\n"


def example(rule: LoadedRule) -> str:
    """The rule's example as a diff from bad to fixed; the bad code alone where there is no fix, nothing where there
    is no example."""
    bad, fixed = _example(rule, "bad.py"), _example(rule, "fixed.py")
    if not fixed:
        return bad
    return "".join(difflib.unified_diff(bad.splitlines(True), fixed.splitlines(True), "bad.py", "fixed.py", n=2))


def worlds(rule: LoadedRule) -> tuple[str, ...]:
    """The worlds in which the rule's example goes wrong, as its ``# expect`` comments say."""
    named = (match["worlds"].split(",") for match in _EXPECT.finditer(_read(rule, "bad.py")))
    return tuple(dict.fromkeys(world.strip() for group in named for world in group))


def as_json(rules: Sequence[LoadedRule]) -> str:
    """What the rules say of themselves, as one JSON object."""
    return json.dumps({"version": 1, "rules": [_fields(rule) for rule in rules]}, indent=2) + "\n"


def table(rules: Iterable[LoadedRule]) -> str:
    """All rules in a Markdown table, as the README shows it."""
    rows = (f"| {rule.rule.code} | `{rule.name}` | {rule.summary} | {_fixable(rule)} |\n" for rule in rules)
    return "| code | rule | finds | fix |\n|---|---|---|---|\n" + "".join(rows)


def _fields(rule: LoadedRule) -> dict[str, Any]:
    facts = rule.rule
    return {
        "rule": rule.name,
        "code": facts.code,
        "summary": rule.summary,
        "severity": facts.severity,
        "stability": facts.stability,
        "since": facts.since,
        "default": facts.default,
        "fixable": rule.fixable,
        "pack": rule.pack,
        "worlds": worlds(rule),
        "readme": rule.readme,
        "example": example(rule),
    }


def _fixable(rule: LoadedRule) -> str:
    return "yes" if rule.fixable else ""


def _example(rule: LoadedRule, name: str) -> str:
    return _EXPECT.sub("", _read(rule, name))


def _read(rule: LoadedRule, name: str) -> str:
    path = rule.folder / "examples" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
