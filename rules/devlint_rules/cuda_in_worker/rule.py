"""Data loaders whose workers use CUDA, which a forked process cannot."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Guard, Iterator, Outcome, Related, World, escapes

_GUARDS = frozenset((Guard.DEVICE, Guard.CONTRACT))


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if context.name(node.func) != "torch.utils.data.DataLoader":
        return
    workers = context.argument(node, "num_workers", 5)
    if not isinstance(workers, cst.BaseExpression):
        return
    found = {
        world: place
        for world in context.worlds
        if world.accelerator == "cuda" and _forks(node, workers, world, context)
        if (place := context.placed_by_worker(node, world)) is not None
    }
    if found:
        witness, place = next(iter(found.items()))
        yield context.report(
            node,
            f"{context.quote(node.func)} has workers that use CUDA in world `{witness.name}`, forked from what does: "
            "RuntimeError: Cannot re-initialize CUDA in forked subprocess",
            worlds=dict.fromkeys(found, Outcome.CRASHES),
            related=(Related(place, "put there by a worker"),),
            help="leave batches on the CPU in the workers, and move them in the loop",
        )


def _forks(node: cst.Call, workers: cst.BaseExpression, world: World, context: Context) -> bool:
    count = context.value(workers, world).const
    reached = any(escapes(visit, "RuntimeError", silent=_GUARDS) for visit in context.visits(node, world))
    return reached and isinstance(count, int) and count > 0
