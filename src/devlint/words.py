"""Which files can matter, told from a few words in their bytes, and what is said where none does: most files of most
projects are done with here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: libraries without which there is no device to get wrong
LIBRARIES = ("torch", "onnxruntime")

#: a file without any of these holds neither a finding nor a suppression that could be unused
_WORDS = (*(library.encode() for library in LIBRARIES), b"devlint:")


def matters(data: bytes) -> bool:
    """Whether anything can be said of a file with these bytes."""
    return any(word in data for word in _WORDS)


#: the names of the worlds of the default targets, for those who need to know no more of them
DEFAULT_WORLDS = ("cpu", "driverless", "cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2")


def looked_at(files: int, torch: int, worlds: Iterable[str]) -> str:
    """``128 files, 41 use torch, worlds cpu, driverless, cuda``."""
    return f"{many(files, 'file')}, {torch} {'uses' if torch == 1 else 'use'} torch, worlds {', '.join(worlds)}"


def many(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
