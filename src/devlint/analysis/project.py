"""The seam to the other files of a project.

The analysis asks here for whatever stands in another file. ``Project`` answers None to everything: what is not known is
unknown, and unknown is silent. A project that reads its files answers more, and nothing else changes.
"""

from __future__ import annotations

from devlint.analysis.program import Function
from devlint.analysis.value import Choice
from devlint.world import World


class Project:
    """A project of which only the file under analysis is known."""

    def imported(self, name: str, world: World) -> Choice | None:
        """What a dotted name stands for in a world, by the file of the project that defines it (relative names keep
        their dots); None when no file of the project is known to."""
        return None

    def called(self, function: Function, world: World) -> bool | None:
        """Whether a live call in another file reaches a function in a world; None when that is not known."""
        return None
