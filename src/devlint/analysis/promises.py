"""Which programs offer a way without CUDA, where nobody declares what they are to run on.

A program is a script with what it imports. It offers a way if anything in it asks what the machine has and goes on
without it or without its own extension, lets its user choose the CPU, or looks where a tensor is: then each place that
forgets to is a bug. One that moves everything by hand and asks nothing is for CUDA alone, and to say so once is enough.
A package that is installed is everybody's, unless it compiles something for CUDA.

Asked only about a place that would be reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.analysis import roles, subsystem
from devlint.analysis.answer import Guard
from devlint.analysis.offers import is_installed
from devlint.analysis.ways import goes_on, names_read, options

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

#: files that are followed from import to import
FILES = 200


class Promises:
    """What the programs of one project offer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._parts: dict[Program, frozenset[Program]] = {}
        self._goes_on, self._options, self._names_read = cache(goes_on), cache(options), cache(names_read)
        self._is_alone = cache(self._is_for_cuda_alone)
        self._importers = cache(self._importers_of)
        self._imported = cache(self._imported_by)

    def of_cuda_alone(self, program: Program) -> frozenset[Program]:
        """The files of the programs for CUDA alone that a file belongs to, itself among them; none where some program
        that it is part of offers another way."""
        if program not in self._parts:
            part = frozenset(_reached([program], self._beside) if self._is_alone(program) else [program])
            alone = part if self._is_alone(program) else frozenset()
            self._parts.update(dict.fromkeys(part, alone))
        return self._parts[program]

    def _is_for_cuda_alone(self, program: Program) -> bool:
        root = self._project.root
        if root is None or (_is_packaged(root, program) and not self._project.extensions.are_built):
            return False
        if not subsystem.knows_importers(self._project, program):
            return False
        users = self._without_way([program], self._importers)
        together = self._without_way(users, self._imported) if users else []
        if not together or len(together) >= FILES:
            return False
        offered = frozenset().union(*map(self._options, together))
        return not any(offered & self._names_read(one) for one in together)

    def _without_way(self, start: Iterable[Program], step: Callable[[Program], Iterable[Program]]) -> list[Program]:
        """What is reached from some files, if none of it goes on without CUDA."""
        found: list[Program] = []
        for program in _reached(start, step):
            if self._goes_on(program) or self._project.extensions.is_optional(program):
                return []
            found.append(program)
        return found

    def _beside(self, program: Program) -> Iterable[Program]:
        """The files for CUDA alone that use a file or that it uses; tests are on their own."""
        if _is_test(program):
            return ()
        return filter(self._is_alone, (*self._importers(program), *self._imported(program)))

    def _importers_of(self, program: Program) -> tuple[Program, ...]:
        return tuple(importer for importer, _ in subsystem.importers(self._project, program))

    def _imported_by(self, program: Program) -> tuple[Program, ...]:
        files = dict.fromkeys(subsystem.imported(self._project, program))
        return tuple(filter(None, map(self._project.program, files)))


def _reached(start: Iterable[Program], step: Callable[[Program], Iterable[Program]]) -> Iterator[Program]:
    """What is reached from some files in any number of steps, those first that are near."""
    pending = deque(start)
    found = set(pending)
    while pending and len(found) < FILES:
        program = pending.popleft()
        yield program
        more = [one for one in dict.fromkeys(step(program)) if one not in found]
        found.update(more)
        pending += more
    yield from pending


def _is_test(program: Program) -> bool:
    return Guard.DATA in roles.of_path(program.from_root)


def _is_packaged(root: Path, program: Program) -> bool:
    folder = (root / program.from_root).parent
    folders = Path(program.from_root).parents
    return (folder / "__init__.py").is_file() and any(is_installed(root / above) for above in folders)
