"""`DistributedDataParallel` with the index of a GPU for a module that is on the CPU."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.lexicon import polarity
from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Edit,
    Finding,
    Fix,
    Guard,
    Iterator,
    Kind,
    Outcome,
    Safety,
    World,
    escapes,
)

_WRAPPERS = frozenset(
    ("torch.nn.parallel.DistributedDataParallel", "torch.nn.parallel.distributed.DistributedDataParallel")
)
_ERROR = "ValueError: DistributedDataParallel device_ids and output_device arguments only work with"
#: several processes need no GPU; tests choose where they run
_GUARDS = HARDWARE_GUARDS - {Guard.DISTRIBUTED} | {Guard.DATA}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if context.name(node.func) not in _WRAPPERS:
        return
    module, ids = context.argument(node, "module", 0), context.argument(node, "device_ids", 1)
    if not isinstance(module, cst.BaseExpression) or not isinstance(ids, cst.BaseExpression):
        return
    on_host = [world for world in context.worlds if _is_on_host(module, world, context)]
    bad = [world for world in on_host if world.device == "cpu" and _fails(node, ids, world, context)]
    if bad and any(context.visits(node, world) for world in context.worlds if world not in on_host):
        yield context.report(
            ids,
            f"{context.quote(module)} is on the CPU in world `{bad[0].name}`, and {context.quote(ids)} names GPUs: "
            f"{_ERROR} modules of GPUs",
            worlds=dict.fromkeys(bad, Outcome.CRASHES),
            help="give no `device_ids` where the module is on the CPU",
            fix=_fix(node, ids, context),
        )


def _is_on_host(module: cst.BaseExpression, world: World, context: Context) -> bool:
    return context.value(module, world).all(lambda value: value.is_data and value.place == "cpu")


def _fails(node: cst.Call, ids: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether GPUs are named where the wrapper is made, and nothing takes the exception."""
    if not context.value(ids, world).all(lambda value: value.kind is Kind.LIST and value.elements != ()):
        return False
    if isinstance(ids, cst.List) and any(_is_asked_for(one.value) for one in ids.elements):
        return False
    return any(escapes(visit, "ValueError", silent=_GUARDS) for visit in context.visits(node, world))


def _is_asked_for(index: cst.BaseExpression) -> bool:
    """Whether an index is by its name that of a GPU: who gives one has one."""
    match index:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return polarity(name) > 0
    return False


def _fix(node: cst.Call, ids: cst.BaseExpression, context: Context) -> Fix | None:
    """Name GPUs where the selected device is one; else where there are any."""
    device = next(iter(context.devices_in_scope(node)), None)
    available = context.spelling("torch.cuda.is_available")
    if device is None and available is None:
        return None
    on_gpu = f'str({device}).startswith("cuda")' if device is not None else f"{available}()"
    given = (ids, context.argument(node, "output_device", 2))
    edits: list[Edit] = [
        context.replace(one, f"{context.text(one)} if {on_gpu} else None")
        for one in given
        if isinstance(one, cst.List | cst.Name | cst.Attribute | cst.Subscript | cst.Integer)
    ]
    return Fix(Safety.UNSAFE, "name GPUs where the module is on one", tuple(edits)) if edits else None
