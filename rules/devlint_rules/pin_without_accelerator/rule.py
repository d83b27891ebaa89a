"""Memory that is pinned for an accelerator that is not there."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import FACTORIES
from devlint.rule import Context, Edit, Finding, Fix, Iterator, Kind, Outcome, Safety, World, escapes

_NO_DEVICE = "RuntimeError: Cannot access accelerator device when none is available"
_NO_ALLOCATOR = "RuntimeError: pin_memory=True requires a CUDA or other accelerator backend"
#: what may be written twice
_PLAIN = (cst.Name, cst.Attribute, cst.Subscript)


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    bad = [
        world
        for world in context.worlds
        if world.accelerator is None
        if any(escapes(visit, "RuntimeError") for visit in context.visits(node, world))
        if _pins(node, world, context)
    ]
    if not bad:
        return
    without = _NO_DEVICE if bad[0].build == "cpu" else f"RuntimeError: {bad[0].complaint}"
    error = _NO_ALLOCATOR if context.name(node.func) in FACTORIES else without
    yield context.report(
        node,
        f"{context.quote(node.func)} pins memory, for which world `{bad[0].name}` has no accelerator: {error}",
        worlds=dict.fromkeys(bad, Outcome.CRASHES),
        help="pin only what goes to an accelerator",
        fix=_fix(node, context),
    )


def _pins(node: cst.Call, world: World, context: Context) -> bool:
    match node:
        case cst.Call(func=cst.Attribute(value=tensor, attr=cst.Name("pin_memory")), args=[]):
            return context.value(tensor, world).all(lambda value: value.kind is Kind.TENSOR)
    pinned = context.argument(node, "pin_memory") if context.name(node.func) in FACTORIES else None
    return isinstance(pinned, cst.BaseExpression) and context.value(pinned, world).const is True


def _fix(node: cst.Call, context: Context) -> Fix | None:
    """Pin where there is CUDA."""
    available = context.spelling("torch.cuda.is_available")
    if available is None:
        return None
    edit: Edit | None = None
    pinned = context.argument(node, "pin_memory")
    match node, context.parent(node):
        case _ if isinstance(pinned, cst.BaseExpression):
            edit = context.replace(pinned, f"{available}()")
        case cst.Call(func=cst.Attribute(value=tensor)), cst.Assign(targets=[cst.AssignTarget(target=target)]) as whole:
            if context.text(target) == context.text(tensor):
                edit = context.guard(whole, f"{available}()")
    match node:
        case cst.Call(func=cst.Attribute(value=tensor)) if edit is None and isinstance(tensor, _PLAIN):
            choice = f"{context.text(node)} if {available}() else {context.text(tensor)}"
            edit = context.replace(node, f"({choice})")
    return None if edit is None else Fix(Safety.UNSAFE, "pin where there is CUDA", (edit,))
