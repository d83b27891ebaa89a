"""Random numbers drawn on one device by a generator of another."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import DRAWING, DRAWING_FACTORIES, DRAWING_METHODS
from devlint.analysis.value import ANYWHERE, Choice
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Kind, Outcome, Related, Safety, World, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    generator = context.argument(node, "generator")
    if isinstance(generator, cst.BaseExpression):
        yield from _drawn(node, generator, context)
    elif generator is None and context.name(node.func) == "torch.utils.data.DataLoader":
        yield from _shuffled(node, context)


def _drawn(node: cst.Call, generator: cst.BaseExpression, context: Context) -> Iterator[Finding]:
    drawn = _where(node, context)
    if drawn is None:
        return
    apart: dict[World, tuple[str, str]] = {}
    for world in context.worlds:
        there, made = _place(context.value(drawn, world)), context.value(generator, world)
        by = _place(made) if made.all(lambda v: v.kind is Kind.GENERATOR) else None
        fails = any(escapes(visit, "RuntimeError", silent=_GUARDS) for visit in context.visits(node, world))
        if there and by and there != by and fails and world.accelerator is not None:
            apart[world] = there, by
    if apart:
        witness, (there, by) = next(iter(apart.items()))
        origin = context.origin(context.value(generator, witness).alternatives[0])
        yield context.report(
            node,
            f"{context.quote(node)} draws on `{there}` from a generator of `{by}` in world `{witness.name}`: "
            f"RuntimeError: Expected a '{there}' device type for generator but found '{by}'",
            worlds=dict.fromkeys(apart, Outcome.CRASHES),
            related=() if origin is None else (Related(origin, "made here"),),
            help="draw where the generator is and move the result, or make the generator on that device",
            fix=_fix(node, {by for _, by in apart.values()}, context),
        )


def _where(node: cst.Call, context: Context) -> cst.BaseExpression | None:
    """What is where the numbers are drawn."""
    name = context.name(node.func)
    match node.func:
        case _ if name in DRAWING_FACTORIES:
            return node
        case _ if name in DRAWING:
            return node.args[0].value if node.args and node.args[0].keyword is None else None
        case cst.Attribute(value=tensor, attr=cst.Name(method)) if method in DRAWING_METHODS:
            return tensor
    return None


def _place(choice: Choice) -> str | None:
    """The device type that all alternatives agree on."""
    places = {value.place for value in choice}
    return places.pop() if len(places) == 1 and not places & {None, ANYWHERE} else None


def _fix(node: cst.Call, places: set[str], context: Context) -> Fix | None:
    """Draw on the CPU, where the generator is, and move what comes."""
    if places != {"cpu"} or context.name(node.func) not in DRAWING_FACTORIES:
        return None
    given = {argument.keyword.value: argument for argument in node.args if argument.keyword is not None}
    if "device" not in given or {"requires_grad", "out", "pin_memory"} & given.keys():
        return None
    moved = context.insert_after(node, f".to({context.text(given['device'].value)})")
    return Fix(Safety.UNSAFE, "draw where the generator is", (context.remove_argument(node, given["device"]), moved))


def _shuffled(node: cst.Call, context: Context) -> Iterator[Finding]:
    """A data loader shuffles with a generator of its own, which is on the CPU, on the default device."""
    shuffle = context.argument(node, "shuffle", 2)
    if not isinstance(shuffle, cst.BaseExpression) or any(
        context.argument(node, other) is not None for other in ("sampler", "batch_sampler")
    ):
        return
    found = {
        world: place
        for world in context.worlds
        if (place := context.default_device(world)) not in (None, "cpu", ANYWHERE)
        and world.has(str(place))
        and context.value(shuffle, world).const is True
        and any(escapes(visit, "RuntimeError", silent=_GUARDS) for visit in context.visits(node, world))
    }
    if found:
        witness, place = next(iter(found.items()))
        yield context.report(
            node,
            f"{context.quote(node.func)} shuffles with a generator of the CPU while the default device is `{place}` in "
            f"world `{witness.name}`: RuntimeError: Expected a '{place}' device type for generator but found 'cpu'",
            worlds=dict.fromkeys(found, Outcome.CRASHES),
            help="give it a generator of the default device",
        )
