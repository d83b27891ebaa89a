"""Types of the kind `torch.cuda.FloatTensor`, which name the accelerator together with what it holds."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.absence import CONVERTED, LEGACY, Absence
from devlint.rule import Context, Finding, Fix, Iterator, Outcome, Safety, escapes


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    named, absence = _used(node, context)
    if absence is None:
        return
    errors = {world: absence.error(world) for world in context.worlds if not world.has("cuda")}
    errors = {
        world: error
        for world, error in errors.items()
        if any(escapes(visit, error.partition(":")[0]) for visit in context.visits(node, world))
    }
    if not errors:
        return
    world, error = next(iter(errors.items()))
    yield context.report(
        node,
        f"{context.quote(named)} is a type of CUDA's, which world `{world.name}` does not have: {error}",
        worlds=dict.fromkeys(errors, Outcome.CRASHES),
        help="name the type of the elements and the device each by itself",
        fix=_fix(node, named, context),
        pedantic=context.measures_cuda,
        ends=() if context.name(node.func) == "torch.set_default_tensor_type" else (context.place(node),),
    )


def _used(node: cst.Call, context: Context) -> tuple[cst.BaseExpression, Absence | None]:
    """What may name a type of CUDA's in a call, and what becomes of it without CUDA."""
    match node:
        case cst.Call(args=[cst.Arg(value=given)]) if (name := _named(given, context)) in LEGACY:
            if context.name(node.func) == "torch.set_default_tensor_type":
                return given, LEGACY[name]
            is_method = isinstance(node.func, cst.Attribute) and node.func.attr.value == "type"
            return given, CONVERTED if is_method else None
    return node.func, LEGACY.get(context.name(node.func) or "")


def _named(node: cst.BaseExpression, context: Context) -> str:
    """The type that is named as such, or as text."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else ""
    return context.name(node) or ""


def _fix(node: cst.Call, named: cst.BaseExpression, context: Context) -> Fix | None:
    """Make it where the selected device is; else take the type that there is."""
    available = context.spelling("torch.cuda.is_available")
    device = next(iter(context.devices_in_scope(node)), None)
    match named:
        case cst.Attribute(value=cst.Attribute(value=torch, attr=cst.Name("cuda")) as package) if named is node.func:
            if device is not None:
                edits = (context.replace(package, context.text(torch)), context.insert_after(node, f".to({device})"))
                return Fix(Safety.UNSAFE, f"make it on `{device}`", edits)
            choice = f"({context.text(package)} if {available}() else {context.text(torch)})"
            chosen = context.replace(package, choice)
        case _ if named is not node.func:
            plain = context.text(named).replace("cuda.", "", 1)
            chosen = context.replace(named, f"{context.text(named)} if {available}() else {plain}")
        case _:
            return None
    return Fix(Safety.UNSAFE, "choose by availability", (chosen,)) if available else None
