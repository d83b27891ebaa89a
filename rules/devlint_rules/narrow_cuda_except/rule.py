"""Handlers that take what a call of `torch.cuda` raises on one machine without CUDA, and not on another."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.absence import RAISES
from devlint.rule import HARDWARE_GUARDS, Context, Edit, Finding, Fix, Guard, Iterator, Outcome, Related, Safety

#: a name that is for an accelerator says nothing more where a handler is for its absence
_GUARDS = HARDWARE_GUARDS - {Guard.CONTRACT}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    absence = RAISES.get(context.name(node.func) or "")
    handler = _handler(node, absence.classes, context) if absence is not None else None
    errors = context.raised_without_cuda(node, silent=_GUARDS) if handler is not None else {}
    if handler is None or handler.type is None or not errors:
        return
    witness, error = next(iter(errors.items()))
    missing = list(dict.fromkeys(text.partition(":")[0] for text in errors.values()))
    yield context.report(
        handler.type,
        f"{context.quote(node.func)} raises in world `{witness.name}` what this handler lets through: {error}",
        worlds=dict.fromkeys(errors, Outcome.CRASHES),
        related=[Related(context.place(node), "raised here")],
        help=f"catch {' and '.join(missing)} too",
        fix=Fix(Safety.SAFE, f"catch {' and '.join(missing)} too", (_widened(handler.type, missing, context),)),
    )


def _handler(node: cst.CSTNode, classes: frozenset[str], context: Context) -> cst.ExceptHandler | None:
    """The handler of the nearest `try` around that takes one of these classes and goes on without it."""
    inner, outer = node, context.parent(node)
    while outer is not None and not isinstance(outer, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
        if isinstance(outer, cst.Try) and inner is outer.body:
            return next((one for one in outer.handlers if _takes(one, classes) and _goes_on(one, context)), None)
        inner, outer = outer, context.parent(outer)
    return None


def _takes(handler: cst.ExceptHandler, classes: frozenset[str]) -> bool:
    match handler.type:
        case cst.Name(value=name):
            return name in classes
        case cst.Tuple(elements=elements):
            return any(isinstance(one.value, cst.Name) and one.value.value in classes for one in elements)
    return False


def _goes_on(handler: cst.ExceptHandler, context: Context) -> bool:
    """Whether the handler is for a machine that lacks something: not one that raises again, or frees memory."""
    text = context.text(handler.body)
    return "raise" not in text and "memory" not in text


def _widened(kinds: cst.BaseExpression, missing: list[str], context: Context) -> Edit:
    added = "".join(f", {name}" for name in missing)
    if isinstance(kinds, cst.Tuple) and kinds.elements:
        return context.insert_after(kinds.elements[-1].value, added)
    return context.replace(kinds, f"({context.text(kinds)}{added})")
