"""A run that was made before is told again, if all that it asked still answers the same.

This is all that such a run loads: nothing here may import what is dear.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

from devlint.cache.store import NAME, Store
from devlint.folders import distributions, documented, importable, listed
from devlint.stamps import stamp_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from devlint.stamps import Stamp

#: variables of the environment that change what is said, or where the cache is
_VARIABLES = (
    "DEVLINT_CACHE_DIR", "DEVLINT_OUTPUT_FORMAT", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE",
)  # fmt: skip
#: what may be asked of a folder
LISTINGS = {"listed": listed, "importable": importable, "documented": documented, "distributions": distributions}
#: runs that are kept
_MOST = 16
_BEGINNING = "run-"


class Told:
    """What a run said on its two streams, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Asked:
    """What a run asked, with the answers: the content of files (None: there is none), each with its stamp; what folders
    hold, by folder and kind of question; and which paths there are."""

    def __init__(
        self,
        files: dict[str, tuple[Stamp, bytes] | None],
        folders: dict[tuple[str, str], tuple[Stamp, bytes]],
        there: dict[str, bool],
    ) -> None:
        self.files, self.folders, self.there = files, folders, there


def again(argv: Sequence[str]) -> Told | None:
    """What the same run said before, unless it would say something else now."""
    folder = _folder(argv)
    if folder is None:
        return None
    store, name, key = Store(folder), _name(argv), _key(argv)
    found = store.read(name)
    if found is None or found[0] != key:
        return None
    _, files, folders, there, told = found
    if any(os.path.lexists(path) != is_there for path, is_there in there.items()):
        return None
    aged = [path for path, known in files.items() if not _is_unchanged(path, known)]
    stale = [asked for asked, known in folders.items() if not _is_unchanged(asked[0], known)]
    if aged or stale:
        asked = _asked_again(Asked(files, folders, there), aged, stale)
        if asked is None:
            return None
        keep(store, argv, asked, Told(*told))
    return Told(*told)


def keep(store: Store, argv: Sequence[str], asked: Asked, told: Told) -> None:
    """Keep what a run asked and said."""
    said = told.code, told.out, told.err
    store.write(_name(argv), (_key(argv), asked.files, asked.folders, asked.there, said))
    store.prune(_BEGINNING, _MOST)


def _is_unchanged(path: str, known: tuple[Stamp, bytes] | None) -> bool:
    return stamp_of(path) == (None if known is None else known[0])


def _asked_again(asked: Asked, aged: Iterable[str], stale: Iterable[tuple[str, str]]) -> Asked | None:
    """The same with new stamps, where content and listings still are what they were."""
    from devlint.cache.digests import Digests, listing  # dear, and rarely wanted

    digests = Digests({})
    for path in aged:
        known, now = asked.files[path], digests.of(path)
        if known is None or now is None or now.digest != known[1]:
            return None
        asked.files[path] = now.stamp, now.digest
    for folder, kind in stale:
        asked.folders[folder, kind], known = listing(folder, kind), asked.folders[folder, kind]
        if asked.folders[folder, kind][1] != known[1]:
            return None
    return asked


def _folder(argv: Sequence[str]) -> str | None:
    """Where this run would keep what it finds, as far as that can be told without reading a configuration."""
    for number, word in enumerate(argv[:-1], 1):
        if word == "--cache-dir":
            return argv[number]
    for word in argv:
        if word.startswith("--cache-dir="):
            return word.partition("=")[2]
    if folder := os.environ.get("DEVLINT_CACHE_DIR"):
        return folder
    here = os.getcwd()
    while not os.path.isdir(os.path.join(here, NAME)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return os.path.join(here, NAME)


def _name(argv: Sequence[str]) -> str:
    return f"{_BEGINNING}{crc32(repr(_key(argv)).encode(errors='surrogateescape')):08x}"


def _key(argv: Sequence[str]) -> tuple[Any, ...]:
    """Everything but files that decides what a run says."""
    variables = tuple(map(os.environ.get, _VARIABLES))
    return tuple(argv), os.getcwd(), variables, sys.stdout.isatty(), tuple(sys.path), sys.version
