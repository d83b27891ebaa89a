"""Text in the place of a device that no device of torch is called by."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.device_api import corrected, is_refused, refusal
from devlint.analysis.torch_facts import FACTORIES
from devlint.rule import Context, Edit, Finding, Fix, Guard, Iterator, Outcome, Safety, World, escapes

_GUARDS = frozenset((Guard.VERSION, Guard.DATA))


def refused(node: cst.Call, context: Context) -> Iterator[Finding]:
    given = _device(node, context) if context.misnames_devices else None
    if not isinstance(given, cst.BaseExpression):
        return
    found = {world: text for world in context.worlds if (text := _text(node, given, world, context)) is not None}
    if found:
        witness, text = next(iter(found.items()))
        yield context.report(
            given,
            f"torch knows no device `{text}`: {refusal(text)}, in world `{witness.name}`",
            worlds=dict.fromkeys(found, Outcome.CRASHES),
            help="name the type in lower case, and an index behind a colon",
            fix=_fix(given, text, witness, context),
        )


def _device(node: cst.Call, context: Context) -> object:
    """What a call of torch takes for a device."""
    name = context.name(node.func) or ""
    if name == "torch.device":
        return context.argument(node, "device", 0) or context.argument(node, "type")
    if name in FACTORIES or name.startswith("torch.nn."):
        return context.argument(node, "device")
    match node.func:
        case cst.Attribute(value=receiver, attr=cst.Name("to")):
            held = [value for world in context.worlds for value in context.value(receiver, world)]
            if held and all(value.is_data for value in held):
                return context.argument(node, "device", 0)
    return None


def _text(node: cst.Call, given: cst.BaseExpression, world: World, context: Context) -> str | None:
    """The text that is refused in one world, where nothing catches that."""
    if not any(escapes(way, "RuntimeError", silent=_GUARDS) for way in context.visits(node, world)):
        return None
    text = context.value(given, world).const
    return text if isinstance(text, str) and is_refused(text) else None


def _fix(given: cst.BaseExpression, text: str, world: World, context: Context) -> Fix | None:
    """Write the device where the text was written, in whichever statement of the file that is."""
    device = corrected(text)
    place = context.origin(context.value(given, world).only)
    if device is None or place is None or place.path != context.place(given).path:
        return None
    quote = context.text(given)[-1] if isinstance(given, cst.SimpleString) else '"'
    spelt = device.partition(":")[0] == text.lower().rstrip(" :0123456789")
    safety = Safety.SAFE if spelt else Safety.UNSAFE
    return Fix(safety, f"write `{device}`", (Edit(place, f"{quote}{device}{quote}"),))
