"""Which files can matter, told from a few words in their bytes: most files of most projects are done with here."""

from __future__ import annotations

#: libraries without which there is no device to get wrong
LIBRARIES = ("torch", "onnxruntime")

#: a file without any of these holds neither a finding nor a suppression that could be unused
_WORDS = (*(library.encode() for library in LIBRARIES), b"devlint:")


def matters(data: bytes) -> bool:
    """Whether anything can be said of a file with these bytes."""
    return any(word in data for word in _WORDS)
