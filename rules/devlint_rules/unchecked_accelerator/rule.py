"""The current accelerator, used as if there always were one."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.failures import CURRENT
from devlint.rule import HARDWARE_GUARDS, Context, Finding, Fix, Guard, Iterator, Outcome, Related, Safety, escapes

_GUARDS = HARDWARE_GUARDS | {Guard.VERSION, Guard.DATA}
#: where a conditional expression needs no parentheses
_LOOSE = (cst.Assign, cst.AnnAssign, cst.Return, cst.Arg)


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if context.name(node.func) != CURRENT:
        return
    failures = [
        failure
        for failure in context.failures(node)
        if escapes(failure, failure.error.partition(":")[0], silent=_GUARDS)
    ]
    if failures:
        first = failures[0]
        given = "None" if first.error.startswith(("AttributeError", "TypeError")) else f"`{first.world.build}`"
        places = sorted({failure.at for failure in failures if failure.at != context.place(node)})
        yield context.report(
            node,
            f"{context.quote(node.func)} gives {given} in world `{first.world.name}`, which has no accelerator: "
            f"{first.error}",
            worlds=dict.fromkeys((failure.world for failure in failures), Outcome.CRASHES),
            related=[Related(place, "used here", same_cause=True) for place in places],
            help="ask whether it is available, and take the CPU otherwise",
            fix=_fix(node, context),
        )


def _fix(node: cst.Call, context: Context) -> Fix | None:
    device, available = context.spelling("torch.device"), context.spelling("torch.accelerator.is_available")
    if device is None or available is None:
        return None
    text = f'{context.text(node)} if {available}() else {device}("cpu")'
    if not isinstance(context.parent(node), _LOOSE):
        text = f"({text})"
    return Fix(Safety.SAFE, "take the CPU where there is none", (context.replace(node, text),))
