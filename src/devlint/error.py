"""The user's mistakes, said in one line."""

from __future__ import annotations

from collections.abc import Iterable


class DevlintError(Exception):
    """A mistake that the user can mend: what is wrong and where (``file:line`` where there is one), and a hint.

    The command line prints it without a traceback and exits with 2.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    @property
    def line(self) -> str:
        """The message with its hint."""
        return f"{self}; {self.hint}" if self.hint else str(self)


#: letters that are taken for digits
_ALIKE = str.maketrans("OoIl", "0011")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or an empty string when none is close."""
    from difflib import SequenceMatcher, get_close_matches  # only mistakes pay for it

    def closeness(other: str) -> tuple[float, int]:
        """How close it is; of codes that are equally close, how many characters are, or look like, what they should
        be."""
        looked = word.translate(_ALIKE)
        return SequenceMatcher(None, other, word).ratio(), sum(map(str.__eq__, looked, other.translate(_ALIKE)))

    closest = max(get_close_matches(word, list(known), n=10), key=closeness, default=None)
    return f"did you mean `{closest}`?" if closest is not None else ""
