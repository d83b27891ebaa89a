"""The folder of the cache: files of plain data, each written at once, and read only if it is as it was written.

What cannot be read was written by somebody else, or is not there; what cannot be written is not kept. Nobody is told:
a cache changes how long a run takes and nothing else.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from contextlib import suppress
from typing import Any
from zlib import crc32

from devlint import __version__

NAME = ".devlint_cache"
#: seconds after which what nobody used is deleted
KEPT = 30 * 24 * 60 * 60
#: what the names of its files end with, so that nothing of anybody else is ever deleted
_SUFFIX = ".kept"

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of devlint: https://bford.info/cachedir/\n"


class Store:
    """The files that this version of devlint, under this version of Python, keeps in ``folder``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._own = os.path.join(folder, f"{__version__}-{sys.implementation.cache_tag}")

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
        body = marshal.dumps(data)
        path = os.path.join(self._own, name + _SUFFIX)
        temporary = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
        with suppress(OSError):
            self._prepare()
            try:
                with open(temporary, "xb") as file:
                    file.write(crc32(body).to_bytes(4, "little") + body)
                os.replace(temporary, path)
            except OSError:
                with suppress(OSError):
                    os.unlink(temporary)

    def prune(self) -> None:
        """Delete what nobody wrote for long, also what other versions did."""
        with suppress(OSError):
            for folder in [entry.path for entry in os.scandir(self.folder) if entry.is_dir(follow_symlinks=False)]:
                for file in [entry for entry in os.scandir(folder) if _SUFFIX in entry.name]:
                    if file.stat().st_mtime < time.time() - KEPT:
                        os.unlink(file.path)
                if not os.listdir(folder):
                    os.rmdir(folder)

    def _prepare(self) -> None:
        os.makedirs(self._own, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            path = os.path.join(self.folder, name)
            if not os.path.exists(path):
                with suppress(FileExistsError), open(path, "x", encoding="utf-8") as file:
                    file.write(text)
