"""``python -m devlint``, and where the command begins: with what was said before, if that still holds."""

from __future__ import annotations

import os
import sys

from devlint.cache.replay import again


def main() -> int:
    """Run the command; see ``devlint.cli.main`` for the exit codes."""
    told = again(sys.argv[1:])
    if told is None:
        from devlint.cli import main as told_anew  # all of devlint, which who is told again need not load

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


if __name__ == "__main__":
    sys.exit(main())
