"""What a call may be given besides a device that one world does not have."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devlint.analysis.program import Program
    from devlint.analysis.runs import Runs


def may_be_elsewhere(runs: Runs, program: Program, node: ast.expr) -> bool:
    """Whether what a call is given as a device that one world does not have may also be something else there."""
    given = (*node.args, *(keyword.value for keyword in node.keywords)) if isinstance(node, ast.Call) else ()
    visits = runs.of(program).trace(program.unit_at(node)).visits
    for values in ([value for visit in visits.get(one, ()) for value in visit.value] for one in given):
        lacking = [value.is_device and value.place is not None and not runs.world.has(value.place) for value in values]
        if any(lacking) and not all(lacking):
            return True
    return False
