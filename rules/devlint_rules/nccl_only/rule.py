"""Process groups over NCCL where there is no CUDA."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.absence import NCCL
from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    Outcome,
    Safety,
    World,
    escapes,
)

_STARTERS = frozenset(("torch.distributed.init_process_group", "torch.distributed.distributed_c10d.init_process_group"))
#: several processes need no GPU; tests choose where they run
_GUARDS = HARDWARE_GUARDS - {Guard.DISTRIBUTED} | {Guard.DATA}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if context.name(node.func) not in _STARTERS:
        return
    backend = context.argument(node, "backend", 0)
    if not isinstance(backend, cst.BaseExpression) or isinstance(backend, cst.Attribute):
        return  # a field is a setting: who has no GPU sets another
    backend = _unasked(backend, context)
    errors = {world: NCCL.error(world) for world in context.worlds if not world.has("cuda")}
    errors = {world: error for world, error in errors.items() if _fails(node, backend, error, world, context)}
    if not errors:
        return
    world, error = next(iter(errors.items()))
    yield context.report(
        node,
        f"{context.quote(node.func)} starts `nccl`, which needs a GPU that world `{world.name}` does not have: {error}",
        worlds=dict.fromkeys(errors, Outcome.CRASHES),
        help="use `gloo` where there is no GPU",
        fix=_fix(node, backend, context),
        ends=(context.place(node),),
    )


def _unasked(backend: cst.BaseExpression, context: Context) -> cst.BaseExpression:
    """What a read of an option gives where nobody sets it: `options.get("backend", "nccl")`."""
    match backend:
        case cst.Call(func=cst.Attribute(attr=cst.Name("get")), args=[_, cst.Arg(value=default)]):
            return default
        case cst.Call(func=cst.Name("getattr"), args=[_, _, cst.Arg(value=default)]):
            return default
    return backend


def _fails(node: cst.Call, backend: cst.BaseExpression, error: str, world: World, context: Context) -> bool:
    if not context.value(backend, world).any(lambda value: value.const == "nccl"):
        return False
    raised = error.partition(":")[0]
    return any(escapes(visit, raised, silent=_GUARDS) for visit in context.visits(node, world))


def _fix(node: cst.Call, backend: cst.BaseExpression, context: Context) -> Fix | None:
    """Choose by the device in scope where there is one, else by availability."""
    device = next(iter(context.devices_in_scope(node)), None)
    available = context.spelling("torch.cuda.is_available")
    if not isinstance(backend, cst.SimpleString) or (device is None and available is None):
        return None
    quote = context.text(backend)[-1]
    cuda = f"str({device}).startswith({quote}cuda{quote})" if device is not None else f"{available}()"
    choice = f"{context.text(backend)} if {cuda} else {quote}gloo{quote}"
    return Fix(Safety.UNSAFE, "use `gloo` where there is no GPU", (context.replace(backend, choice),))
