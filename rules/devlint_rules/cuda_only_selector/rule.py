"""Selectors that know CUDA and the CPU, where the machine has another accelerator."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.library_facts import CUDA_OR_CPU
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Outcome, Safety

_GUARDS = frozenset((Guard.CONTRACT, Guard.DATA))
#: arguments that choose no place to compute on
_OTHERWISE = ("map_location", "device_type")
#: what asks for other accelerators, in the order of choice; what a plug-in brings is asked for as it says
_AVAILABLE = {"xpu": "torch.xpu.is_available", "mps": "torch.backends.mps.is_available"}


def check(node: cst.IfExp | cst.If, context: Context) -> Iterator[Finding]:
    selected = _selected(node)
    if selected is None or not _asks_for_cuda(node.test, context):
        return
    chosen, fallback = selected
    if not _names(chosen, "cuda", context) or not _names(fallback, "cpu", context) or _is_no_place(node, context):
        return
    if any(map(context.imports, CUDA_OR_CPU)):
        return
    others = [
        world
        for world in context.worlds
        if world.accelerator not in (None, "cuda") and world.device == world.accelerator
        if not context.speaks_of(node.test, world.accelerator)
        if any(not visit.guards & _GUARDS for visit in context.visits(fallback, world))
    ]
    if others:
        unused = list(dict.fromkeys(world.device for world in others))
        yield context.report(
            node.test,
            f"this selects the CPU where there is no CUDA, and leaves `{unused[0]}` unused in world `{others[0].name}`",
            worlds=dict.fromkeys(others, Outcome.WASTEFUL),
            help=f"ask for {' and '.join(f'`{device}`' for device in unused)} too",
            fix=_fix(node, chosen, unused, context),
        )


def _selected(node: cst.IfExp | cst.If) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """What is selected with CUDA and without it."""
    if isinstance(node, cst.IfExp):
        return node.body, node.orelse
    match node:
        case cst.If(
            body=cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Assign(targets=[one], value=chosen)])]),
            orelse=cst.Else(
                body=cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Assign(targets=[two], value=fallback)])])
            ),
        ) if one.target.deep_equals(two.target):
            return chosen, fallback
    return None


def _asks_for_cuda(test: cst.BaseExpression, context: Context) -> bool:
    match test:
        case cst.Call(func=function, args=[]):
            return context.name(function) == "torch.cuda.is_available"
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            return _asks_for_cuda(left, context) or _asks_for_cuda(right, context)
    return False


def _names(node: cst.BaseExpression, device: str, context: Context) -> bool:
    """Whether this writes down a device of a type."""
    match node:
        case cst.SimpleString():
            return node.raw_value.partition(":")[0] == device
        case cst.FormattedString(parts=[cst.FormattedStringText(value=text), *_]):
            return text.partition(":")[0] == device
        case cst.Call(func=function, args=[cst.Arg(value=named), *_]):
            return context.name(function) == "torch.device" and _names(named, device, context)
    return False


def _is_no_place(node: cst.CSTNode, context: Context) -> bool:
    match context.parent(node):
        case cst.Arg(keyword=cst.Name(name)):
            return name in _OTHERWISE
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name) | cst.Attribute(attr=cst.Name(name)))]):
            return name in _OTHERWISE
        case cst.Arg() as argument:
            call = context.parent(argument)
            return isinstance(call, cst.Call) and (context.name(call.func) or "").endswith(("autocast", "GradScaler"))
    return False


def _fix(node: cst.IfExp | cst.If, chosen: cst.BaseExpression, unused: list[str], context: Context) -> Fix | None:
    """Ask for the other accelerators before the CPU is taken, where nothing but CUDA is asked for."""
    asked = {device: context.spelling(name) for device, name in _AVAILABLE.items() if device in unused}
    if not isinstance(node, cst.IfExp) or not isinstance(node.test, cst.Call):
        return None
    written = chosen.args[0].value if isinstance(chosen, cst.Call) else chosen
    if None in asked.values() or len(asked) < len(unused) or not isinstance(written, cst.SimpleString):
        return None
    text, literal = context.text(chosen), context.text(written)
    added = (
        f"{text.replace(literal, literal[0] + device + literal[0])} if {name}() else " for device, name in asked.items()
    )
    edit = context.insert_before(node.orelse, "".join(added))
    return Fix(Safety.UNSAFE, "ask for the other accelerators too", (edit,))
