"""Tensors that a module keeps as plain attributes: they stay on the CPU when the module moves."""

from __future__ import annotations

import libcst as cst

from devlint.rule import (
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    Kind,
    Mixture,
    Outcome,
    Provenance,
    Related,
    Safety,
    escapes,
)

#: what holds several, of which no buffer can be made
_DISPLAYS = (cst.BaseList, cst.BaseDict, cst.BaseSet, cst.Tuple, cst.BaseComp)
_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))


def check(node: cst.Assign | cst.AnnAssign, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)]):
            pass
        case cst.AnnAssign(target=cst.Attribute() as target):
            pass
        case _:
            return
    met = [mixture for mixture in context.mixtures(target) if _fails(target, mixture, context)]
    if not met or not context.is_left_behind(target):
        return
    first = context.earliest(met)
    world = first.world
    yield context.report(
        target,
        f"{context.quote(target)} is a plain attribute: its tensor stays on the CPU when the module moves, and meets "
        f"one on `{world.accelerator}` in world `{world.name}`: RuntimeError: Expected all tensors to be on the same "
        "device",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=[Related(place, "they meet here") for place in sorted({m.at for m in met if m.world == world})],
        help="register it as a buffer, which moves with the module",
        fix=_fix(node, target, context),
    )


def _fails(target: cst.Attribute, mixture: Mixture, context: Context) -> bool:
    host = mixture.host
    is_tensor = host.kind is not Kind.MODULE and host.provenance is Provenance.STORED
    kept = is_tensor and context.origin(host) == context.place(target)
    return kept and not mixture.late and escapes(mixture, "RuntimeError", silent=_GUARDS)


def _fix(node: cst.Assign | cst.AnnAssign, target: cst.Attribute, context: Context) -> Fix | None:
    """``self.register_buffer("name", ..., persistent=False)``: what is saved stays the same."""
    if node.value is None or isinstance(node.value, _DISPLAYS) or not context.is_plainly_kept(target):
        return None
    name, value = target.attr.value, context.text(node.value)
    text = f'{context.text(target.value)}.register_buffer("{name}", {value}, persistent=False)'
    safety = Safety.SAFE if context.is_read_where_it_meets(target) else Safety.UNSAFE
    return Fix(safety, "register it as a buffer that is not saved", (context.replace(node, text),))
