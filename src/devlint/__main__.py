"""``python -m devlint``, and where the command begins: with what can be said without loading all of it."""

from __future__ import annotations

import os
import sys

from devlint.cache.replay import Told, again
from devlint.glance import nothing


def main() -> int:
    """Run the command; see ``devlint.cli.main`` for the exit codes."""
    told = _shortly(sys.argv[1:])
    if told is None:
        from devlint.cli import main as told_anew

        return told_anew()
    try:
        for stream, text in ((sys.stderr, told.err), (sys.stdout, told.out)):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
            stream.write(text)
            stream.flush()
    except OSError:  # `devlint | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return told.code


def _shortly(argv: list[str]) -> Told | None:
    """What can be said at once; None where that is nothing."""
    try:
        clear = nothing(argv)
        return again(argv) if clear is None else Told(0, clear, "")
    except OSError:  # the current directory is gone
        return None


if __name__ == "__main__":
    sys.exit(main())
