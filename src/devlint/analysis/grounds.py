"""What answers about the files of a project rest on: other files, and what was looked for in all of them.

What is evaluated once serves whoever asks next. So what it rests on is kept under a topic of its own, and whoever uses
it rests on that topic. The topic of a file, and of what evaluating it comes to, is its path from the root.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Ground(NamedTuple):
    """A question about the project as a whole with its answer, files as a rule; None where they were too many to be
    looked at. The kinds of questions are those of ``searches`` and ``holding``."""

    kind: str
    about: str
    answer: tuple[str, ...] | None


#: what rests on everything that is listed of the project
ANYTHING = Ground("anything", "", None)
#: what rests on which texts there are beside the code
DOCUMENTS = Ground("documents", "", None)
#: the kind of what rests on a word not being written too often
RARE = "rare"


class Grounds:
    """What was asked of one project, by topic."""

    def __init__(self) -> None:
        self._known: dict[Hashable, set[Hashable]] = {}
        self._present: set[Hashable] = set()

    def note(self, ground: Hashable) -> None:
        """The present topic rests on a file, on another topic, or on the answer to a question."""
        self._present.add(ground)

    @contextmanager
    def under(self, topic: Hashable) -> Iterator[None]:
        """The present topic rests on another one, and that on all that is asked meanwhile."""
        outer = self._present
        outer.add(topic)
        self._present = self._known.setdefault(topic, set())
        try:
            yield
        finally:
            self._present = outer

    def of(self, topic: Hashable) -> tuple[frozenset[str], frozenset[Ground]]:
        """The files and the answers that a topic rests on, itself or through others."""
        found, pending = {topic}, [topic]
        while pending:
            more = self._known.get(pending.pop(), set()) - found
            found |= more
            pending += more
        files = frozenset(one for one in found if isinstance(one, str))
        return files, frozenset(one for one in found if isinstance(one, Ground))
