"""Backends that a function asks for only where there is no accelerator: with one, the choice goes unheard."""

from __future__ import annotations

import libcst as cst

from devlint.rule import BackendTest, Context, Finding, Fix, Iterator, Outcome, Related, Safety, World


def check(node: cst.If, backed: list[World], context: Context) -> Iterator[Finding]:
    if not _is_absence(node.test, context):
        return
    tests = context.backend_tests(node.test)
    body = context.span(node.body)
    inside = {test.backend: test for test in reversed(tests) if body.start <= test.span.start < body.end}
    outside = {test.backend for test in tests if test.span.end <= body.start or test.span.start >= body.end}
    wrong = {world: Outcome.WRONG for world in backed if world.backend in inside.keys() - outside}
    if wrong:
        unheard = list(dict.fromkeys(inside[world.backend] for world in wrong if world.backend))
        witness = next(iter(wrong))
        yield context.report(
            node.test,
            f"nobody asks for `{witness.backend}` in world `{witness.name}`: the function does only where there is no "
            f"`{witness.accelerator}`",
            worlds=wrong,
            related=[
                Related(context.place(test.span), f"here the function asks for `{test.backend}`") for test in unheard
            ],
            help="ask for the backend first",
            fix=_fix(node.test, unheard, context),
        )


def _is_absence(test: cst.BaseExpression, context: Context) -> bool:
    """Whether a condition holds on machines without an accelerator, and on no other."""
    table = context.truth(test)
    return bool(table) and all(truth is (world.accelerator is None) for world, truth in table.items())


def _fix(test: cst.BaseExpression, unheard: list[BackendTest], context: Context) -> Fix | None:
    conditions = [one.chosen for one in unheard]
    if any("\n" in condition for condition in (context.text(test), *conditions)):
        return None
    edit = context.insert_after(test, "".join(f" or {condition}" for condition in conditions))
    return Fix(Safety.UNSAFE, "ask for the backend here, too", (edit,))
