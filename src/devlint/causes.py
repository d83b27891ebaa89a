"""From the text of an exception to the rules that are about what raises it.

A rule says once what its bugs raise: in its page, under "Why is this bad", as ``ClassOfError: text`` in backticks. What
somebody pastes may be a whole traceback, in any language around it, of another device or another version of torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from devlint.loaded import LoadedRule

_SECTION = re.compile(r"^## Why is this bad$(.*?)^## ", re.MULTILINE | re.DOTALL)
_ERROR = re.compile(r"`(\w+(?:Error|Exception|Warning): [^`]+)`")
_WORD = re.compile(r"[a-z_][\w']*")
#: names of accelerators: the same text comes with any of them
_DEVICE = re.compile(r"\b(?:cuda|mps|xpu|npu|hpu|musa)\b(?::\d+)?")
#: words in a row that two texts have to share, where the shorter one is longer than that
_ENOUGH = 5


def errors(rule: LoadedRule) -> tuple[str, ...]:
    """What a rule's bugs raise, as its page says: class and text."""
    section = _SECTION.search(rule.readme)
    return tuple(" ".join(found.split()) for found in _ERROR.findall(section[1])) if section is not None else ()


def causes(text: str, rules: Iterable[LoadedRule]) -> tuple[LoadedRule, ...]:
    """The rules whose bugs raise what a text says: those that share most words in a row with it, by their errors."""
    pasted = _words(text)
    shared = {rule: max((_shared(pasted, error) for error in errors(rule)), default=0) for rule in rules}
    best = max(shared.values(), default=0)
    return tuple(rule for rule, count in shared.items() if count == best) if best else ()


def _words(text: str) -> list[str]:
    return _WORD.findall(_DEVICE.sub("accelerator", text.lower()))


def _shared(pasted: Sequence[str], error: str) -> int:
    """How many words in a row a text shares with what an error says, if these are enough to tell that it is this one:
    the class alone is not."""
    said = _words(error.partition(": ")[2])
    longest = _longest_run(pasted, said)
    return longest if longest >= min(_ENOUGH, len(said)) else 0


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest sequence of words that stands in both."""
    longest, before = 0, [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for number, candidate in enumerate(other):
            row.append(before[number] + 1 if word == candidate else 0)
        longest, before = max(longest, *row), row
    return longest
