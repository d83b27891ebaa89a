"""Names that no version of torch has, or not every one that the project supports."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.device_api import EXTENDED_BY, meant, since
from devlint.rule import Context, Finding, Fix, Guard, Iterator, Outcome, Safety, World, escapes

#: behind these somebody has asked whether the name is there, or plays a torch of his own
_ASKED = frozenset((Guard.VERSION, Guard.DATA))
#: and behind these for a machine that came with its version
_OLD = _ASKED | {Guard.DEVICE, Guard.DISTRIBUTED, Guard.CONTRACT}


def missing(node: cst.Attribute, context: Context) -> Iterator[Finding]:
    name = context.name(node) or ""
    first, torch = since(name), context.torch()
    absent = torch if first is None else None if torch.assumed else torch.below(*first)
    if absent is None or _is_there(node, name, context):
        return
    worlds = _reaching(node, _ASKED if first is None else _OLD, context)
    if worlds:
        holder = name.rpartition(".")[0]
        module, _, last = (holder if first and since(holder) == first else name).rpartition(".")
        versions = "in no torch" if first is None else f"in torch only from {'.'.join(map(str, first))} on"
        yield context.report(
            node,
            f"{context.quote(node)} is {versions}; world `{worlds[0].name}` gets AttributeError: module '{module}' has "
            f"no attribute '{last}'",
            worlds=dict.fromkeys(worlds, Outcome.CRASHES),
            torch=None if first is None else absent,
            help="write a name that is there" if first is None else "ask with `hasattr`, or require that version",
            fix=_fix(node, name, context) if first is None else None,
        )


def _is_there(node: cst.Attribute, name: str, context: Context) -> bool:
    """Whether the name is bound here, or by another package, or a longer one around it says more."""
    around = context.parent(node)
    if isinstance(around, cst.Attribute) and since(context.name(around) or "") != ():
        return True
    under = (name, name.rpartition(".")[0])
    extended = any(context.is_used(package) for module, package in EXTENDED_BY.items() if module in under)
    return extended or context.is_patched(name)


def _reaching(node: cst.Attribute, asked: frozenset[Guard], context: Context) -> list[World]:
    """The worlds in which the missing name is reached, past no guard of some kinds and no handler."""
    around = context.parent(node)
    read = around if isinstance(around, cst.Call) and around.func is node else node
    ways = ((world, way) for world in context.worlds for way in context.visits(read, world))
    return list(dict.fromkeys(world for world, way in ways if escapes(way, "AttributeError", silent=asked)))


def _fix(node: cst.Attribute, name: str, context: Context) -> Fix | None:
    other = meant(name)
    if other is None:
        return None
    module, _, last = other.rpartition(".")
    if name.rpartition(".")[0] == module:
        edit = context.replace(node.attr, last)
    else:
        edit = context.replace(node, context.spelling(other) or other)
    return Fix(Safety.SAFE, f"write `{other}`", (edit,))
