"""Kernels that exist for CUDA alone, wanted where there is none."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.library_facts import CUDA_ATTENTION, CUDA_IMPORTS
from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    Outcome,
    Safety,
    Visit,
    World,
    escapes,
)

_GUARDS = HARDWARE_GUARDS - {Guard.CONTRACT}


def check(node: cst.Call | cst.Import | cst.ImportFrom, context: Context) -> Iterator[Finding]:
    without = [world for world in context.worlds if world.accelerator in (None, "mps")]
    if isinstance(node, cst.Call):
        yield from _chosen(node, without, context)
        return
    packages = CUDA_IMPORTS.intersection(_packages(node))
    around = context.parent(node)
    at_top = around is None or (isinstance(around, cst.SimpleStatementLine) and context.parent(around) is None)
    lacking = [world for world in without if at_top and packages and context.is_entered(world)]
    if lacking:
        package = min(packages)
        yield context.report(
            node,
            f"`{package}` is for CUDA alone, and this file, which falls back to the CPU, needs it in world "
            f"`{lacking[0].name}`: ModuleNotFoundError: No module named '{package}'",
            worlds=dict.fromkeys(lacking, Outcome.CRASHES),
            help="import it where it is used, or behind a handler of `ImportError`",
        )


def _packages(node: cst.Import | cst.ImportFrom) -> Iterator[str]:
    """The packages that a statement imports."""
    if isinstance(node, cst.Import):
        paths: list[cst.BaseExpression | None] = [alias.name for alias in node.names]
    else:
        paths = [] if node.relative else [node.module]
    for path in paths:
        while isinstance(path, cst.Attribute):
            path = path.value
        if isinstance(path, cst.Name):
            yield path.value


def _chosen(node: cst.Call, without: list[World], context: Context) -> Iterator[Finding]:
    """An implementation of attention that transformers refuses to choose."""
    match node.func:
        case cst.Attribute(attr=cst.Name("from_pretrained" | "from_config")):
            pass
        case _:
            return
    for name, wanted in (("attn_implementation", CUDA_ATTENTION), ("use_flash_attention_2", frozenset({True}))):
        given = context.argument(node, name)
        if not isinstance(given, cst.BaseExpression):
            continue
        refused = [
            world
            for world in without
            for visit in context.visits(given, world)
            if visit.value.const in wanted and _fails(visit, world, context)
        ]
        if refused:
            yield context.report(
                node,
                f"`{name}={context.text(given)}` is for CUDA alone, and is chosen in world `{refused[0].name}`: "
                "ImportError: FlashAttention2 has been toggled on, but it cannot be used",
                worlds=dict.fromkeys(refused, Outcome.CRASHES),
                help="choose it where there is CUDA",
                fix=_fix(given, context),
            )


def _fails(visit: Visit, world: World, context: Context) -> bool:
    """Whether nobody has thought of a missing CUDA; that a file needs such a kernel itself does not say so, if it falls
    back to the CPU."""
    return escapes(visit, "ImportError", silent=_GUARDS if context.is_entered(world) else HARDWARE_GUARDS)


def _fix(given: cst.BaseExpression, context: Context) -> Fix | None:
    """The implementation of torch where there is no CUDA."""
    available = context.spelling("torch.cuda.is_available")
    if available is None or not isinstance(given, cst.SimpleString):
        return None
    chosen = f'{context.text(given)} if {available}() else "sdpa"'
    return Fix(Safety.UNSAFE, "choose it where there is CUDA", (context.replace(given, chosen),))
