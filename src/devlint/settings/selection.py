"""Which rules run: names, codes, prefixes of codes, and ALL; the more exact word wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from devlint.error import DevlintError, did_you_mean
from devlint.settings import Settings
from devlint.settings.schema import Written

if TYPE_CHECKING:
    from devlint.rule import Rule

_EXACT = 1000


class Named(Protocol):
    """What a rule is chosen by."""

    @property
    def name(self) -> str: ...

    @property
    def rule(self) -> Rule: ...


AnyRule = TypeVar("AnyRule", bound=Named)


def selected(settings: Settings, rules: Sequence[AnyRule], path: Path | None = None) -> tuple[AnyRule, ...]:
    """The rules that run, in one file if ``path`` is given. Raises DevlintError, with the place, for a word that
    means no rule.

    Without ``select``, every rule that is on by default runs. A word for one rule beats a prefix, a longer prefix a
    shorter one, and any of them ALL; between equals, ``ignore`` wins.
    """
    for word in settings.words:
        if all(_exactness(word, rule) is None for rule in rules):
            raise _unknown(word, rules)
    chosen = (*settings.select, *settings.extend_select)
    ignored = () if path is None else settings.ignored_in(path)

    def runs(rule: AnyRule) -> bool:
        for_it = _best(chosen, rule)
        if not settings.select and rule.rule.default:
            for_it = max(for_it, 0)
        return for_it > _best(settings.ignore, rule) and _best(ignored, rule) < 0

    return tuple(rule for rule in rules if runs(rule))


def named(word: str, rules: Sequence[AnyRule]) -> AnyRule:
    """The rule of this name or code. Raises DevlintError when there is none."""
    for rule in rules:
        if _exactness(word, rule) == _EXACT:
            return rule
    raise _unknown(word, rules)


def _best(words: Iterable[str], rule: Named) -> int:
    return max((exact for word in words if (exact := _exactness(word, rule)) is not None), default=-1)


def _exactness(word: str, rule: Named) -> int | None:
    """How exactly a word means a rule: its name or code most, ALL least; None when it does not mean it."""
    if word in (rule.name, rule.rule.code):
        return _EXACT
    if word == "ALL":
        return 0
    return len(word) if rule.rule.code.startswith(word) else None


def _unknown(word: str, rules: Iterable[Named]) -> DevlintError:
    known = [name for rule in rules for name in (rule.name, rule.rule.code)]
    where = f"{word.where}: " if isinstance(word, Written) else ""
    hint = did_you_mean(word, known) or did_you_mean(word.upper(), known) or "`devlint rule --all` lists the rules"
    return DevlintError(f"{where}unknown rule `{word}`", hint)
