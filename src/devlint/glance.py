"""The answer for files in which nothing can matter, given before the rest of devlint is loaded: most commits change no
other, and hooks name the files that they change.

Whatever else there is to say, a setting, a folder, a colour, a file that cannot be read, is left to those who know.
"""

from __future__ import annotations

import os
import sys

from devlint.folders import CONFIGURATIONS, DEFAULT_EXCLUDE
from devlint.words import DEFAULT_WORLDS, looked_at, matters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: words that are no paths and change nothing about such files
_WORDS = (
    "--no-cache", "--force-exclude", "--isolated", "--exit-zero", "-q", "--quiet", "--output-format=full",
    "--output-format=concise",
)  # fmt: skip
#: words in the first place that ask for something else
_COMMANDS = ("rule", "explain", "config", "run", "verify")
#: variables of the environment that change how things are said
_VARIABLES = ("DEVLINT_OUTPUT_FORMAT", "FORCE_COLOR", "CLICOLOR_FORCE")


def nothing(argv: Sequence[str]) -> str | None:
    """What is said of the files that are named, if nothing in them can matter; None where that cannot be told here."""
    words = argv[1:] if "check" in argv[:1] else argv
    options = {word for word in words if word.startswith("-")}
    paths = {os.path.abspath(word) for word in words if word not in options}
    if not paths or words[0] in _COMMANDS or not options.issubset(_WORDS):
        return None
    if any(map(os.environ.get, _VARIABLES)) or sys.stdout.isatty():
        return None
    if any(map(_may_matter, paths)):
        return None
    if "--isolated" not in options and any(map(_is_configured, {os.path.dirname(path) for path in paths})):
        return None
    if "--force-exclude" in options and any(map(_is_excluded, paths)):
        return None
    return "" if options & {"-q", "--quiet"} else f"All clear: {looked_at(len(paths), 0, DEFAULT_WORLDS)}\n"


def _may_matter(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return matters(file.read())
    except OSError:
        return True


def _is_configured(folder: str) -> bool:
    """Whether a folder, or one above it, has a configuration file that may be about devlint."""
    while True:
        for name in CONFIGURATIONS:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    if name != "pyproject.toml" or b"devlint" in file.read():
                        return True
            except FileNotFoundError:
                continue
            except OSError:
                return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above


def _is_excluded(path: str) -> bool:
    """Whether a folder that is left out by default is on the way to a file; those above the current one may be, too."""
    return not DEFAULT_EXCLUDE.isdisjoint(path.split(os.sep))
