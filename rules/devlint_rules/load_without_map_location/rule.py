"""Loading of saved tensors onto the device they were saved from."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import LOADERS
from devlint.rule import (
    HIDDEN,
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

_REFUSED = "RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False"
#: measured, torch 2.13 without CUDA
_KERNELLESS = "NotImplementedError: Could not run 'aten::empty_strided' with arguments from the 'CUDA' backend"
#: a data set or a test reads what the project itself wrote; a rank changes nothing of where a load goes
_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.DATA))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    loader = context.name(node.func) or ""
    if loader not in LOADERS:
        return
    target = context.argument(node, "map_location", LOADERS[loader])
    if target is HIDDEN or _is_host_data(node, context):
        return
    assert target is None or isinstance(target, cst.BaseExpression)
    reached = {world: outcome for world in context.worlds if (outcome := _failing(node, world, context)) is not None}
    bad = {
        world: outcome for world, outcome in reached.items() if not world.has("cuda") and _fails(target, world, context)
    }
    if bad:
        world = next(iter(bad))
        how = "without `map_location`" if target is None else f"with {context.quote(target)} as `map_location`"
        yield context.report(
            node,
            f"{context.quote(node.func)} {how} restores devices that world `{world.name}` may lack: "
            + _error(loader, target, world),
            worlds=bad,
            help="load on the CPU, or on the selected device",
            fix=_fix(node, target, context),
            pedantic=loader.endswith("_url"),  # what a URL serves was published for everyone
        )


def _failing(node: cst.Call, world: World, context: Context) -> Outcome | None:
    """What becomes of the program where the load fails: nobody loads anything else where that is only reported."""
    ways = [way for way in context.visits(node, world) if not way.guards & _GUARDS]
    if any(escapes(way, "RuntimeError", silent=_GUARDS) for way in ways):
        return Outcome.CRASHES
    return Outcome.WRONG if ways and context.is_only_reported(node, "RuntimeError") else None


def _is_host_data(node: cst.Call, context: Context) -> bool:
    """Whether the file holds nothing from an accelerator: this module wrote it so, or reads it as plain arrays."""
    saved = bool(node.args) and context.saves_host_data(node.args[0].value)
    return saved or (context.feeds(node) or {""}) <= {"numpy", "item", "tolist"}


def _fails(target: cst.BaseExpression | None, world: World, context: Context) -> bool:
    """Whether this ``map_location`` lets tensors that were saved from CUDA go where the world has none."""
    match target:
        case None | cst.Name("None"):
            return True
        case cst.Lambda(body=cst.Call(func=cst.Attribute(attr=cst.Name("cuda")))):
            return True
        case cst.Name() | cst.Attribute():  # where the device was written down is DEV401's
            return context.value(target, world).all(lambda value: value.kind is Kind.NONE)
    return context.value(target, world).any(lambda value: value.literal and value.place == "cuda")


def _error(loader: str, target: cst.BaseExpression | None, world: World) -> str:
    """What is raised: what stands in an archive of a module is asked for without a look at it."""
    if isinstance(target, cst.Lambda):
        return "`.cuda()` raises there"
    if loader == "torch.jit.load" and (target is None or isinstance(target, cst.Name)):
        return _KERNELLESS if world.build == "cpu" else f"{world.missing}: {world.complaint}"
    return _REFUSED


def _fix(node: cst.Call, target: cst.BaseExpression | None, context: Context) -> Fix:
    """Values that a module copies may come from the CPU; for others the device in scope is the better guess."""
    copied = context.feeds(node) == frozenset({"load_state_dict"})
    device = None if copied else next(iter(context.devices_in_scope(node)), None) or _as_before(node, target, context)
    place = device or '"cpu"'
    safety = Safety.SAFE if copied else Safety.UNSAFE
    return Fix(safety, f"load with `map_location={place}`", (_edit(node, target, place, context),))


def _as_before(node: cst.Call, target: cst.BaseExpression | None, context: Context) -> str | None:
    """What keeps a value where it went until now, if there is CUDA: one that was meant to be there, and a module, which
    computes where it is."""
    available = context.spelling("torch.cuda.is_available")
    if isinstance(target, cst.SimpleString):
        kept = context.text(target)
    elif context.name(node.func) == "torch.jit.load":
        kept = "None"
    else:
        return None
    cpu = "'cpu'" if kept.endswith("'") else '"cpu"'
    return f"{kept} if {available}() else {cpu}" if available else None


def _edit(node: cst.Call, target: cst.BaseExpression | None, device: str, context: Context) -> Edit:
    if target is None:
        return context.add_argument(node, f"map_location={device}")
    return context.replace(target, device)
