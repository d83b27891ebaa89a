"""Which rules can matter to a file, told from its text alone: most files are done with here.

First literals are looked for (a few milliseconds for a megabyte), and only where one is found comments and strings
are told from code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from devlint.lexer import Lexed
from devlint.loaded import LoadedRule
from devlint.words import LIBRARIES


def uses_torch(text: str) -> bool:
    """Whether a file can be about devices at all."""
    return any(library in text for library in LIBRARIES)


def hits(text: str, rules: Iterable[LoadedRule]) -> Mapping[str, tuple[int, ...]]:
    """Where the triggers of each rule stand, by the rule's name; rules without one are left out.

    A trigger counts outside comments and strings; one that begins with a quote counts where a string begins so,
    whatever its quotes and prefix. Formatted strings count as both.
    """
    if not uses_torch(text):
        return {}
    triggers = {rule.name: _spellings(rule.rule.triggers) for rule in rules}
    present = {
        spelling for spelling in {spelling for found in triggers.values() for spelling in found} if spelling in text
    }
    if not present:
        return {}
    lexed = Lexed(text)
    live = {spelling: tuple(_live(text, lexed, spelling)) for spelling in present}
    found = {
        name: tuple(sorted(offset for spelling in spellings for offset in live.get(spelling, ())))
        for name, spellings in triggers.items()
    }
    return {name: offsets for name, offsets in found.items() if offsets}


def _spellings(triggers: Iterable[str]) -> set[str]:
    """The triggers, those of strings with either quote."""
    return {
        spelling
        for trigger in triggers
        for spelling in ((f'"{trigger[1:]}', f"'{trigger[1:]}") if trigger[0] in "\"'" else (trigger,))
    }


def _live(text: str, lexed: Lexed, spelling: str) -> Iterator[int]:
    in_string = spelling[0] in "\"'"
    offset = text.find(spelling)
    while offset >= 0:
        token = lexed.at(offset)
        if token is None:
            counts = not in_string
        elif lexed.is_formatted(token):
            counts = True
        else:
            counts = in_string and lexed.opens(token, offset) and not lexed.is_docstring(token)
        if counts:
            yield offset
        offset = text.find(spelling, offset + 1)
