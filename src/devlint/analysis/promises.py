"""Which programs offer a way without CUDA, where nobody declares what they are to run on.

A program is a script with what it imports. It offers a way if anything in it asks what the machine has and goes on
without it or without its own extension, lets its user choose the CPU, or looks where a tensor is: then each place that
forgets to is a bug. One that moves everything by hand and asks nothing is for CUDA alone, and to say so once is enough.
So is whatever is started only by scripts that refuse a machine without CUDA, or that need one in any case and ask for
nothing, as little as the files that they import themselves.
A package that is installed is everybody's, unless it compiles something for CUDA: what it offers is no choice of a
script beside it that takes none from it.

Asked only about a place that would be reported.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from devlint.analysis import roles, subsystem
from devlint.analysis.answer import Guard
from devlint.analysis.offers import holders
from devlint.analysis.strays import only_names
from devlint.analysis.ways import (
    demands_cuda,
    goes_on,
    goes_on_unasked,
    hands_choice,
    names_read,
    options,
    reads_device,
    starts_with_cuda,
)

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.project import Project

_Answer = TypeVar("_Answer")
#: files that are followed from import to import
FILES = 200


class Promises:
    """What the programs of one project offer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._parts: dict[Program, frozenset[Program]] = {}
        #: the file for whose sake the part of each was looked for
        self._first: dict[Program, Program] = {}
        self._goes_on, self._options, self._names_read = cache(goes_on), cache(options), cache(names_read)
        self._is_alone = self._kept(self._is_for_cuda_alone)
        self._importers = self._kept(self._importers_of)
        self._imported = self._kept(self._imported_by)
        self._followed = self._kept(self._followed_by)

    def _kept(self, question: Callable[[Program], _Answer]) -> Callable[[Program], _Answer]:
        """A question about files that is answered once for each."""
        answers = cache(question)

        def answer(program: Program) -> _Answer:
            with self._project.grounds.under((program, question.__name__)):
                return answers(program)

        return answer

    def of_cuda_alone(self, program: Program) -> frozenset[Program]:
        """The files of the programs for CUDA alone that a file belongs to, itself among them; none where some program
        that it is part of offers another way."""
        if program not in self._parts:
            with self._project.grounds.under((program, "part")):
                part = frozenset(_reached([program], self._beside) if self._is_alone(program) else [program])
            alone = part if self._is_alone(program) else frozenset()
            self._parts.update(dict.fromkeys(part, alone))
            self._first.update(dict.fromkeys(part, program))
        self._project.grounds.note((self._first[program], "part"))
        return self._parts[program]

    def goes_on(self, program: Program) -> bool:
        """Whether a file somewhere goes on where there is no CUDA."""
        return self._goes_on(program)

    def _is_for_cuda_alone(self, program: Program) -> bool:
        project = self._project
        if project.root is None or (is_packaged(project, program) and not project.extensions.are_built):
            return False
        if not subsystem.knows_importers(self._project, program):
            return False
        if self._is_refused_elsewhere(program):
            return True
        users = self._without_way([program], self._importers)
        together = self._without_way(users, self._followed) if users else []
        if not together or len(together) >= FILES:
            return False
        offered = frozenset().union(*map(self._options, together))
        return not any(offered & self._names_read(one) for one in together)

    def _is_refused_elsewhere(self, program: Program) -> bool:
        """Whether whatever is started to get to a file refuses a machine without CUDA: then it does not matter what the
        file, or others between, would do there."""
        users = list(_reached([program], self._importers))
        if len(users) >= FILES or not all(subsystem.knows_importers(self._project, user) for user in users):
            return False
        roots = (user for user in users if not self._importers(user))
        entries = [root for root in roots if root.is_script or not all(map(only_names, root.tree.body))]
        return bool(entries) and all(starts_with_cuda(entry) or self._is_alone_by_itself(entry) for entry in entries)

    def _is_alone_by_itself(self, entry: Program) -> bool:
        """Whether a script needs CUDA in any case, neither asks for it nor takes a choice from others, and nor do the
        files that it imports itself: what those import in turn does what it does for others."""
        if self._goes_on(entry) or not demands_cuda(entry) or self._options(entry) or self._takes_choice(entry):
            return False
        return not any(map(goes_on_unasked, self._imported(entry)))

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

    def _followed_by(self, program: Program) -> tuple[Program, ...]:
        """The files that a file imports and whose offers are its own."""
        imported = self._imported(program)
        libraries = frozenset(one for one in imported if is_packaged(self._project, one))
        if not libraries or is_packaged(self._project, program) or self._takes_choice(program):
            return imported
        return tuple(one for one in imported if one not in libraries)

    def _takes_choice(self, program: Program) -> bool:
        """Whether a file asks what it imports which device to use."""
        names = {program.name(node) for node in program.parents if isinstance(node, (ast.Name, ast.Attribute))}
        starred = (
            f"{star}.{name}" for star in program.stars for name in program.references if not name.startswith(".")
        )
        taken = (found for name in (*filter(None, names), *starred) for found in holders(self._project, name, program))
        return reads_device(program) or any(hands_choice(*found) for found in taken)


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


def is_packaged(project: Project, program: Program) -> bool:
    """Whether a file is of a package that can be installed, and so anybody's."""
    return project.is_in_package(program.from_root) and project.installs(program.from_root)
