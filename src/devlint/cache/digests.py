"""The content of files by its digest: a file is read again only where its size or its times changed.

Times alone are not believed: a checkout gives old content new times, and then the digest decides. Nor are times that
are as young as the clock is coarse: what is written twice in one tick looks unchanged.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from devlint.cache.replay import LISTINGS
from devlint.folders import importable
from devlint.stamps import Stamp, believed, is_young, stamp_of
from devlint.words import matters

_SIZE = 16


class Known(NamedTuple):
    """What is known of the content of a file; ``matters`` as in ``words``."""

    stamp: Stamp
    digest: bytes
    matters: bool


def digest_of(data: bytes) -> bytes:
    return sha256(data).digest()[:_SIZE]


def joined(parts: Iterable[bytes | str]) -> bytes:
    """One digest of several things in their order."""
    digest = sha256()
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()[:_SIZE]


def listing(folder: str, kind: str) -> tuple[Stamp, bytes]:
    """What a folder holds, as one of the questions of ``replay`` asks: its stamp, and the digest of the answer."""
    stamp = believed(stamp_of(folder), time.time_ns())
    return stamp, joined(LISTINGS[kind](folder))


class Digests:
    """The digests of the files of one run, each as it was when it was first asked about; ``known`` is what earlier runs
    wrote down."""

    def __init__(self, known: Mapping[str, tuple[Stamp, bytes, bool]]) -> None:
        self._known = known
        self._began = time.time_ns()
        self.seen: dict[str, Known | None] = {}
        #: whether anything was found that is not written down
        self.changed = False

    def of(self, path: str) -> Known | None:
        """The content of a file; None where it cannot be read."""
        if path not in self.seen:
            self.seen[path] = self._of(path)
        return self.seen[path]

    def _of(self, path: str) -> Known | None:
        stamp = stamp_of(path)
        if stamp is None:
            return None
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return Known(*known)
        self.changed = True
        now = time.time_ns()
        try:
            data = Path(path).read_bytes()
        except (OSError, ValueError):
            return None
        return Known(believed(stamp, now), digest_of(data), matters(data))

    def anything(self, path: str) -> bytes:
        """The digest of a file's content, or of what a folder holds for imports; nothing where there is neither."""
        if os.path.isdir(path):
            return joined(sorted(importable(path)))
        known = self.of(path)
        return b"" if known is None else known.digest

    def is_older(self, path: str) -> bool:
        """Whether a file or folder was last changed before this run began, or is not there."""
        stamp = stamp_of(path)
        return stamp is None or not is_young(stamp, self._began)

    def hold(self, paths: Iterable[str]) -> bool:
        """Whether files still are what they were when they were asked about."""
        return all(self._holds(path) for path in paths)

    def _holds(self, path: str) -> bool:
        known = self.seen.get(path)
        stamp = stamp_of(path)
        if known is None or stamp is None:
            return known is None and stamp is None
        again = known if known.stamp == stamp else Digests({}).of(path)
        return again is not None and again.digest == known.digest
