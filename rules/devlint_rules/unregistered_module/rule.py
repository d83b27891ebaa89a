"""Modules that a module keeps in a plain list or dictionary: they stay on the CPU when the module moves."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Fix, Guard, Iterator, Kind, Mixture, Outcome, Related, Safety, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.DATA, Guard.EXPORT))


def check(node: cst.Assign | cst.AnnAssign, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)]):
            pass
        case cst.AnnAssign(target=cst.Attribute() as target):
            pass
        case _:
            return
    if not context.keeps_weights(target):
        return
    met = [mixture for mixture in context.mixtures(target) if _fails(target, mixture, context)]
    if not met or not context.is_left_behind(target):
        return
    first = context.earliest(met)
    world = first.world
    yield context.report(
        target,
        f"{context.quote(target)} is a plain container: the modules in it stay on the CPU when the module moves, and "
        f"get a tensor on `{world.accelerator}` in world `{world.name}`: RuntimeError: Expected all tensors to be on "
        "the same device",
        worlds=dict.fromkeys((mixture.world for mixture in met), Outcome.CRASHES),
        because=first.other.because,
        related=[Related(place, "one is called here") for place in sorted({m.at for m in met if m.world == world})],
        help="keep them in a container that registers them; as it is, no optimizer is given their weights either",
        fix=_fix(node, target, context),
    )


def _fails(target: cst.Attribute, mixture: Mixture, context: Context) -> bool:
    kept = mixture.host.kind is Kind.MODULE and context.origin(mixture.host) == context.place(target)
    return kept and escapes(mixture, "RuntimeError", silent=_GUARDS)


def _fix(node: cst.Assign | cst.AnnAssign, target: cst.Attribute, context: Context) -> Fix | None:
    """``[...]`` -> ``nn.ModuleList([...])``, and a dictionary whose keys are written down alike."""
    match node.value:
        case cst.List() | cst.ListComp() | cst.Name():
            container = "ModuleList"
        case cst.Dict(elements=elements) if all(_is_named(element) for element in elements):
            container = "ModuleDict"
        case _:
            return None
    written = context.spelling(f"torch.nn.{container}")
    if written is None or not context.is_plainly_kept(target):
        return None
    value = context.text(node.value)
    text = f"{written}({'' if value == '[]' else value})"
    return Fix(Safety.UNSAFE, f"keep them in a `{container}`", (context.replace(node.value, text),))


def _is_named(element: cst.BaseDictElement) -> bool:
    return isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString)
