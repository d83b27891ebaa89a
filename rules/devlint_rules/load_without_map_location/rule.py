"""Loading of saved tensors onto the device they were saved from."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import LOADERS
from devlint.rule import (
    HIDDEN,
    Content,
    Context,
    Edit,
    Finding,
    Fix,
    Guard,
    Iterator,
    Kind,
    Outcome,
    Related,
    Safety,
    World,
    escapes,
)

_REFUSED = "RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False"
#: measured, torch 2.13 without CUDA
_KERNELLESS = "NotImplementedError: Could not run 'aten::empty_strided' with arguments from the 'CUDA' backend"
#: a data set or a test reads what the project itself wrote; a rank changes nothing of where a load goes
_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT, Guard.DATA))
#: what was published was saved for everyone, and what nobody here writes may hold anything
_OTHERS = frozenset((Content.PUBLISHED, Content.FOREIGN))
#: uses that no tensor of an accelerator has
_HOST_USES = frozenset(("numpy", "item", "tolist", "from_numpy"))
#: what copies values to where they belong
_COPYING = frozenset(("load_state_dict", "set_peft_model_state_dict", "copy_"))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    loader = context.name(node.func) or ""
    if loader not in LOADERS:
        return
    target = context.argument(node, "map_location", LOADERS[loader])
    if target is HIDDEN or (context.feeds(node) or {""}) <= _HOST_USES:
        return
    assert target is None or isinstance(target, cst.BaseExpression)
    reached = {world: outcome for world in context.worlds if (outcome := _failing(node, world, context)) is not None}
    bad = {
        world: outcome for world, outcome in reached.items() if not world.has("cuda") and _fails(target, world, context)
    }
    archive = context.archive(node) if bad else None
    if archive is not None and archive.content is not Content.HOST:
        world = next(iter(bad))
        how = "without `map_location`" if target is None else f"with {context.quote(target)} as `map_location`"
        yield context.report(
            node,
            f"{context.quote(node.func)} {how} restores devices that world `{world.name}` may lack: "
            + _error(loader, target, world),
            worlds=bad,
            help="load on the CPU, or on the selected device",
            related=[Related(place, "saved from an accelerator here") for place in archive.saves],
            fix=_fix(node, target, context),
            pedantic=loader.endswith("_url") or archive.content in _OTHERS,
        )


def _failing(node: cst.Call, world: World, context: Context) -> Outcome | None:
    """What becomes of the program where the load fails: nobody loads anything else where that is only reported."""
    ways = [way for way in context.visits(node, world) if not way.guards & _GUARDS]
    if any(escapes(way, "RuntimeError", silent=_GUARDS) for way in ways):
        return Outcome.CRASHES
    return Outcome.WRONG if ways and context.is_only_reported(node, "RuntimeError") else None


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
    """Values that a module copies may come from the CPU; for others the device in scope is the better guess, or where
    they went until now."""
    copied = context.feeds(node) == frozenset({"load_state_dict"})
    device = None if copied else next(iter(context.devices_in_scope(node)), None)
    if device is None and not context.sinks(node) & _COPYING:
        device = _as_before(target, context)
    place = device or '"cpu"'
    safety = Safety.SAFE if copied else Safety.UNSAFE
    return Fix(safety, f"load with `map_location={place}`", (_edit(node, target, place, context),))


def _as_before(target: cst.BaseExpression | None, context: Context) -> str | None:
    """What keeps a value where it went until now, if there is CUDA: it computes where it is."""
    available = context.spelling("torch.cuda.is_available")
    match target:
        case cst.SimpleString():
            kept = context.text(target)
        case cst.Lambda():
            kept = f"({context.text(target)})"
        case _:
            kept = "None"
    cpu = "'cpu'" if kept.endswith("'") else '"cpu"'
    return f"{kept} if {available}() else {cpu}" if available else None


def _edit(node: cst.Call, target: cst.BaseExpression | None, device: str, context: Context) -> Edit:
    if target is None:
        return context.add_argument(node, f"map_location={device}")
    return context.replace(target, device)
