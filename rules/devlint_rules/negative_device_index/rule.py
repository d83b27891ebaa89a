"""The index of a tensor's device, which is -1 on the CPU, used as a device."""

from __future__ import annotations

import libcst as cst

from devlint.rule import (
    HARDWARE_GUARDS,
    Because,
    Context,
    Failure,
    Finding,
    Fix,
    Guard,
    Iterator,
    Outcome,
    Related,
    Safety,
    escapes,
)

_GUARDS = HARDWARE_GUARDS | {Guard.DATA}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=tensor, attr=cst.Name("get_device")), args=[]):
            pass
        case _:
            return
    failures = [failure for failure in context.failures(node) if escapes(failure, "RuntimeError", silent=_GUARDS)]
    known = _is_tensor(tensor, context)
    if not failures or not (known or _is_believed(tensor, context)):
        return
    first, text = failures[0], context.text(tensor)
    elsewhere = sorted({failure.at for failure in failures if failure.at != context.place(node)})
    yield context.report(
        node,
        f"{context.quote(node)} is -1 for a tensor on the CPU, as in world `{first.world.name}`: {first.error}",
        worlds=dict.fromkeys((failure.world for failure in failures), Outcome.CRASHES),
        because=Because.DERIVED if known else Because.BELIEF,
        related=[Related(place, "used as a device here", same_cause=True) for place in elsewhere],
        help="use the `device` of the tensor",
        fix=_fix(node, text, failures, context),
        ends=sorted({failure.at for failure in failures}) if known else (),
    )


def _is_tensor(receiver: cst.BaseExpression, context: Context) -> bool:
    held = [value for world in context.worlds for value in context.value(receiver, world)]
    return bool(held) and all(value.is_data for value in held)


def _is_believed(receiver: cst.BaseExpression, context: Context) -> bool:
    """Whether nothing but a tensor can be meant: no class here has such a method of its own."""
    plain = isinstance(receiver, cst.Name) and receiver.value != "self" and context.name(receiver) is None
    return plain and not context.has_method("get_device")


def _fix(node: cst.Call, tensor: str, failures: list[Failure], context: Context) -> Fix | None:
    """Write the device instead, where the call itself is what is used."""
    if any(failure.at != context.place(node) for failure in failures):
        return None
    edits = [context.replace(node, f"{tensor}.device")]
    argument = context.parent(node)
    match context.parent(argument) if argument is not None else None:
        case cst.Call(func=cst.Attribute(attr=cst.Name("cuda") as method)):
            edits.append(context.replace(method, "to"))
    return Fix(Safety.SAFE, f"write `{tensor}.device`", tuple(edits))
