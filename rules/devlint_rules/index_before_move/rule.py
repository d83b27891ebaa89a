"""Tensors on the CPU that are read by an index on an accelerator, and moved there only afterwards."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Fix, Guard, Iterator, Mixture, Outcome, Provenance, Related, Safety, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))
_TAKES_METHODS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)
_ON_CPU = {
    Provenance.FACTORY: "made on the CPU here",
    Provenance.STORED: "kept on the CPU here",
}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=cst.Subscript() as part, attr=cst.Name("to" | "cuda"))):
            pass
        case _:
            return
    met = [mixture for mixture in context.mixtures(part) if _fails(part, mixture, context)]
    if not met:
        return
    first = context.earliest(met)
    world, accelerator = first.world, first.world.accelerator
    there = "may be" if first.other.place != accelerator else "is"
    origin, known = context.origin(first.host), _ON_CPU.get(first.host.provenance)  # type: ignore[arg-type]
    yield context.report(
        node,
        f"{context.quote(node)} moves too late: {context.quote(part.value)} is on the CPU, and the index {there} on "
        f"`{accelerator}` in world `{world.name}`: RuntimeError: indices should be either on cpu or on the same device "
        "as the indexed tensor",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=() if origin is None or known is None else (Related(origin, known),),
        help="copy the index to the CPU, or move the whole before it is indexed",
        fix=_fix(part, context),
    )


def _fails(part: cst.Subscript, mixture: Mixture, context: Context) -> bool:
    here = mixture.late and not mixture.inlined and mixture.at == context.place(part)
    return here and escapes(mixture, "RuntimeError", silent=_GUARDS)


def _fix(part: cst.Subscript, context: Context) -> Fix | None:
    """``base[index].to(device)`` -> ``base[index.cpu()].to(device)``: what is moved stays as small as it is."""
    match part.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=index))] if isinstance(index, _TAKES_METHODS):
            return Fix(Safety.UNSAFE, "copy the index to the CPU", (context.insert_after(index, ".cpu()"),))
    return None
