"""The names of one file in one world, each evaluated when somebody first asks for it.

A name is evaluated by the statements of the module level that bind it, and what they refer to; the whole level is run
in order only for the file that is looked at itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devlint.analysis import lexicon, roles
from devlint.analysis.state import State
from devlint.analysis.value import UNKNOWN, Choice

if TYPE_CHECKING:
    from devlint.analysis.evaluator import Evaluator
    from devlint.analysis.trace import Trace


class Module:
    """What the names of a file are bound to."""

    def __init__(self, ev: Evaluator) -> None:
        self._ev = ev
        self._values: dict[str, Choice] | None = None
        self._alone: dict[str, tuple[Choice, set[str]]] = {}
        #: what the whole level asked of the world
        self.facets: set[str] = set()

    def load(self, trace: Trace | None) -> None:
        """Run the module level; what is rebound from elsewhere is forgotten."""
        ev, program = self._ev, self._ev.program
        self._values = {}
        with ev.runs.recorded(self.facets), ev.at_module_level(trace):
            state: State | None = State({}, roles.of_file(program))
            for statement in program.tree.body:
                state = ev.execute([statement], state)
                if state is None:
                    break
                self._values = state.values
        self._values = dict(self._values)
        for name in program.rebound & self._values.keys():
            self._values[name] = self._anything(name)

    def get(self, name: str) -> Choice | None:
        """What a name is bound to; None when it is not bound here."""
        program = self._ev.program
        if self._values is None:
            if name not in program.bindings:
                return None
            if not program.is_reflective:
                return self._by_itself(name)
            self.load(None)
        assert self._values is not None
        self._ev.runs.asked(self.facets)
        return self._values.get(name)

    def _by_itself(self, name: str) -> Choice:
        """What a name is bound to by the statements that bind it."""
        ev = self._ev
        if name in ev.program.rebound:
            return self._anything(name)
        if name not in self._alone:
            facets: set[str] = set()
            self._alone[name] = UNKNOWN, facets  # while it is evaluated: names that lead back to themselves
            state = State({}, roles.of_file(ev.program))
            with ev.runs.recorded(facets), ev.at_module_level(None):
                end = ev.execute(ev.program.bindings[name], state) or state
            self._alone[name] = end.values.get(name, UNKNOWN), facets
        value, facets = self._alone[name]
        ev.runs.asked(facets)
        return value

    def _anything(self, name: str) -> Choice:
        """A name that is bound anew from elsewhere."""
        return self._ev.selected() if lexicon.names_device(name) else UNKNOWN

    def named(self, names: frozenset[str]) -> dict[str, Choice]:
        """The names among these that are bound, in the order in which the file binds them."""
        found = {name: self.get(name) for name in self._ev.program.bindings if name in names}
        return {name: value for name, value in found.items() if value is not None}
