"""The folder of the cache: files of plain data, each written at once, and read only if it is as it was written.

What cannot be read was written by somebody else, or is not there; what cannot be written is not kept. Nobody is told:
a cache changes how long a run takes and nothing else.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from zlib import crc32

from devlint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` is dear, and who is told again what is known needs none of it
    from typing import Any

NAME = ".devlint_cache"
#: seconds after which what nobody used is deleted
KEPT = 30 * 24 * 60 * 60
#: of the data; counted up with every change of what stands in the files
_FORMAT = 2
#: what the names of its files end with, so that nothing of anybody else is ever deleted
_SUFFIX = ".kept"

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of devlint: https://bford.info/cachedir/\n"


class Store:
    """The files that this version of devlint, under this version of Python, keeps in ``folder``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._own = os.path.join(folder, f"{__version__}-{sys.implementation.cache_tag}-{_FORMAT}")

    def table(self, name: str) -> dict[Any, Any]:
        """The table in a file; an empty one where there is none."""
        found = self.read(name)
        return found if isinstance(found, dict) else {}

    def read(self, name: str) -> Any:
        """The data of a file; None where there is none that can be trusted to be whole."""
        try:
            with open(os.path.join(self._own, name + _SUFFIX), "rb") as file:
                data = file.read()
            body = memoryview(data)[4:]
            return marshal.loads(body) if crc32(body) == int.from_bytes(data[:4], "little") else None
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def write(self, name: str, data: Any) -> None:
        """Keep data under a name; whoever reads meanwhile finds the old or the new."""
        path = os.path.join(self._own, name + _SUFFIX)
        temporary = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            body = marshal.dumps(data)
            self._prepare()
            with open(temporary, "xb") as file:
                file.write(crc32(body).to_bytes(4, "little") + body)
            os.replace(temporary, path)
        except (OSError, ValueError):  # ValueError: a rule said something in a text of its own making
            _remove(temporary)

    def prune(self, beginning: str = "", most: int = 0) -> None:
        """Delete what nobody wrote for long, also what other versions did; of the files whose names begin so, if
        anything is given, all but the ``most`` latest."""
        now = time.time()
        for folder in _entries(self.folder):
            if not folder.is_dir(follow_symlinks=False):
                continue
            files = [(_written(file), file.path) for file in _entries(folder.path) if _SUFFIX in file.name]
            alike = sorted(file for file in files if beginning and os.path.basename(file[1]).startswith(beginning))
            old = [file for file in files if file[0] < now - KEPT]
            for _, path in {*old, *alike[: max(0, len(alike) - most)]}:
                _remove(path)
            if len(old) == len(files) > 0:
                _remove(folder.path)

    def _prepare(self) -> None:
        os.makedirs(self._own, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            path = os.path.join(self.folder, name)
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _written(file: os.DirEntry[str]) -> float:
    """When a file was written; just now where it is gone."""
    try:
        return file.stat().st_mtime
    except OSError:
        return time.time()


def _remove(path: str) -> None:
    """Delete a file or an empty folder; another run may have done so already."""
    try:
        os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
    except OSError:
        return
