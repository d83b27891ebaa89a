"""A class as one world sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.value import Choice, Kind


@dataclass(eq=False, slots=True)
class Subject:
    """A class as this world sees it: its bases, whether it is a module, and what its attributes hold."""

    node: ClassNode
    bases: tuple[Choice, ...]
    module: bool
    #: whether nobody can make an instance
    unmade: bool = False
    fields: dict[str, Choice] = field(default_factory=dict)
    #: methods that were evaluated for what they store
    entered: set[Function] = field(default_factory=set)
    busy: bool = False
    #: what that asked of the world
    facets: set[str] = field(default_factory=set)
    _ancestors: tuple[Subject, ...] = ()

    def ancestors(self) -> tuple[Subject, ...]:
        """This class and its bases in the project, nearest first."""
        if not self._ancestors:
            found = [self]
            for subject in found:  # which grows meanwhile
                for value in (value for base in subject.bases for value in base):
                    if value.kind is Kind.CLASS and value.subject is not None and value.subject not in found:
                        found.append(value.subject)
            self._ancestors = tuple(found)
        return self._ancestors

    def method(self, name: str) -> tuple[Subject, Function] | None:
        for subject in self.ancestors():
            if name in subject.node.methods:
                return subject, subject.node.methods[name]
        return None
