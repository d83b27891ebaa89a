"""Who gets to a function in some worlds: everywhere that it, or the class that it is a method of, is named.

Asked only about a place that would be reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from devlint.analysis import syntax
from devlint.analysis.answer import HARDWARE_GUARDS
from devlint.analysis.callers import Reference, is_plain, visited
from devlint.analysis.promises import is_packaged
from devlint.analysis.subsystem import importers

if TYPE_CHECKING:
    from devlint.analysis.definitions import Function
    from devlint.analysis.project import Project
    from devlint.analysis.runs import Runs
    from devlint.world import World


def approaches(project: Project, unit: Function, worlds: Iterable[World]) -> tuple[Reference, ...]:
    """The references to a unit that control gets to in one of some worlds; none where not all of them may be known: of
    what tests or texts name, of what somebody looks up, of what a package offers to everybody."""
    owner, program = unit.owner, unit.program
    decorators = (*unit.node.decorator_list, *(owner.node.decorator_list if owner is not None else ()))
    if project.root is None or is_packaged(project, program) or not all(map(is_plain, decorators)):
        return ()
    node, name = (unit.node, unit.name) if owner is None else (owner.node, owner.name)
    known = project.index.references(name)
    if not known or project.index.is_said(name) or project.strays.may_look_up(name, program):
        return ()
    if any(importers(project, renaming) for renaming in project.index.renaming(name)):
        return ()
    own = frozenset(syntax.walk(node))
    outside = [one for one in known if one.node not in own and one.may_mean(unit)]
    runs = [project.runs(world) for world in worlds]
    return tuple(one for one in outside if any(_is_open(run, one) for run in runs))


def inherited_maker(project: Project, unit: Function, worlds: Iterable[World]) -> Function | None:
    """The constructor that the class of a method has from another class, if that is what every instance comes by."""
    if unit.constructs or unit.decorated("staticmethod", "classmethod"):
        return None
    subjects = (project.runs(world).of(unit.program).subject(unit) for world in worlds)
    found = [subject.method("__init__") for subject in subjects if subject is not None]
    makers = {method for _, method in filter(None, found)}
    return makers.pop() if len(makers) == 1 and unit.owner not in {maker.owner for maker in makers} else None


def _is_open(runs: Runs, reference: Reference) -> bool:
    """Whether control may get to a reference in one world, past no guard that speaks for the hardware; what is never
    seen is closed if it is seen on the other kind of machine."""
    program, unit = reference.program, reference.program.unit_at(reference.node)
    visits = visited(runs.informed(program, unit), reference)
    if visits:
        return any(not visit.guards & HARDWARE_GUARDS for visit in visits)
    return not visited(runs.opposite.informed(program, unit), reference)
