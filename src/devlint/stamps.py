"""When something in the file system was changed, as far as that tells whether it was."""

from __future__ import annotations

import os

#: nanoseconds that a file must have been left alone for its times to be believed, as what is written twice in one tick
#: of a clock looks unchanged; FAT counts two seconds
YOUNG = 2_000_000_000

#: size, time of the last change of the content, and of anything at all
Stamp = tuple[int, int, int]
#: the stamp of what is not to be believed
NEVER: Stamp = (-1, 0, 0)


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file or folder; None where there is none."""
    try:
        found = os.stat(path or ".")
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def believed(stamp: Stamp | None, now: int) -> Stamp:
    """A stamp that was taken at a time, if it tells anything."""
    return NEVER if stamp is None or is_young(stamp, now) else stamp


def is_young(stamp: Stamp, now: int) -> bool:
    return max(stamp[1:]) > now - YOUNG
