"""Calls of `torch.cuda` that raise where there is no CUDA, reached there."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.absence import IDLE, RAISES, Absence
from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Safety, Severity

#: where an `and` needs no parentheses
_LOOSE = (cst.Assign, cst.Return, cst.Arg, cst.If, cst.IfExp, cst.BooleanOperation)


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    name = context.name(node.func) or ""
    absence = RAISES.get(name)
    if absence is not None:
        errors = context.raised_without_cuda(node)
        if errors and not _is_tried(node, absence, context):
            witness, error = next(iter(errors.items()))
            where = " at import" if _at_import(node, context) else ""
            yield context.report(
                node,
                f"{context.quote(node.func)} is reached{where} in world `{witness.name}`, which has no CUDA: {error}",
                worlds=dict.fromkeys(errors, Outcome.CRASHES),
                torch=None if absence.before is None else context.torch().below(*absence.before),
                help="call it only where the device is a CUDA device",
                fix=_fix(node, name, context),
                pedantic=context.measures_cuda,
                ends=() if absence.before else (context.place(node),),
            )
    elif name in IDLE:
        idle = [world for world in context.reached(node) if world.accelerator not in (None, "cuda")]
        if idle:
            yield context.report(
                node,
                f"{context.quote(node.func)} does nothing for `{idle[0].accelerator}` in world `{idle[0].name}`",
                worlds=dict.fromkeys(idle, Outcome.WASTEFUL),
                severity=Severity.WARNING,
                help=f"use {IDLE[name]}",
            )


def _is_tried(node: cst.Call, absence: Absence, context: Context) -> bool:
    """Whether a handler takes what the call raises on some machines: that it does not on others is DEV406's."""
    ways = [way for world in context.worlds for way in context.visits(node, world)]
    return all(way.caught & absence.classes for way in ways)


def _at_import(node: cst.CSTNode, context: Context) -> bool:
    """Whether this runs when the module is imported."""
    match context.parent(node):
        case None:
            return True
        case cst.FunctionDef() | cst.Lambda():
            return False
        case cst.If(test=cst.Comparison(left=cst.Name("__name__"))):
            return False
        case parent:
            return _at_import(parent, context)


def _fix(node: cst.Call, name: str, context: Context) -> Fix | None:
    """Guard the statement: by the device in scope where there is one, else by availability."""
    device = next(iter(context.devices_in_scope(node)), None)
    available = _available(node.func, context)
    edit: Edit | None = None
    match context.parent(node):
        case cst.Expr() as statement if device is not None:
            edit = context.guard(statement, f'str({device}).startswith("cuda")')
        case cst.Expr() as statement if available is not None:
            edit = context.guard(statement, f"{available}()")
        case parent if name.endswith(".is_bf16_supported") and available is not None:
            guarded = f"{available}() and {context.text(node)}"
            edit = context.replace(node, guarded if isinstance(parent, _LOOSE) else f"({guarded})")
    return None if edit is None else Fix(Safety.SAFE, "call it only where there is CUDA", (edit,))


def _available(function: cst.BaseExpression, context: Context) -> str | None:
    """How this place writes `torch.cuda.is_available`."""
    match function:
        case cst.Attribute(value=module) if context.name(module) == "torch.cuda":
            return f"{context.text(module)}.is_available"
    return context.spelling("torch.cuda.is_available")
