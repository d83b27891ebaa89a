"""Selections of a device by the hardware alone, in functions that ask elsewhere which backend was chosen."""

from __future__ import annotations

import libcst as cst

from devlint.rule import BackendTest, Context, Finding, Fix, Iterator, Outcome, Related, Safety, World
from devlint_rules.backend_blind_selector import missing


def check(node: cst.If, context: Context) -> Iterator[Finding]:
    backed = [world for world in context.worlds if world.backend is not None]
    if backed:
        yield from missing.check(node, backed, context)
    if not backed or not isinstance(node.body, cst.IndentedBlock) or not _asks_hardware(node.test, context):
        return
    late = _asked_too_late(node, context)
    selections = list(_selections(node.body))
    wrong = {
        world: Outcome.WRONG
        for world in backed
        if world.backend in late and any(_takes_accelerator(selected, world, context) for selected in selections)
    }
    if wrong:
        witness = next(iter(wrong))
        asked = list(dict.fromkeys(late[world.backend] for world in wrong if world.backend))
        yield context.report(
            node.test,
            f"`{witness.accelerator}` is selected although the chosen backend is `{witness.backend}`, "
            f"in world `{witness.name}`",
            worlds=wrong,
            related=[
                Related(context.place(test.span), f"here the function asks for `{test.backend}`") for test in asked
            ],
            help=f"leave the accelerator alone where `{witness.backend}` was chosen",
            fix=_fix(node.test, asked, context),
        )


def _asks_hardware(test: cst.BaseExpression, context: Context) -> bool:
    """Whether a condition holds on a machine with an accelerator and not on one without."""
    table = context.truth(test)
    present = {truth for world, truth in table.items() if world.backend is not None}
    return True in present and False in {truth for world, truth in table.items() if world.accelerator is None}


def _selections(body: cst.IndentedBlock) -> Iterator[cst.BaseExpression]:
    """What a branch returns or assigns."""
    for line in body.body:
        match line:
            case cst.SimpleStatementLine(body=[*_, cst.Return(value=cst.BaseExpression() as value)]):
                yield value
            case cst.SimpleStatementLine(body=[cst.Assign(targets=[_], value=value)]):
                yield value


def _takes_accelerator(selected: cst.BaseExpression, world: World, context: Context) -> bool:
    return any(value.is_device and value.place == world.accelerator for value in context.value(selected, world))


def _asked_too_late(node: cst.If, context: Context) -> dict[str, BackendTest]:
    """The backends that the function asks for behind a branch alone, each with the first place where it does."""
    first: dict[str, BackendTest] = {}
    for test in context.backend_tests(node.test):
        first.setdefault(test.backend, test)
    end = context.span(node.body).end
    return {backend: test for backend, test in first.items() if test.span.start > end}


def _fix(test: cst.BaseExpression, asked: list[BackendTest], context: Context) -> Fix | None:
    conditions = (context.text(test), *dict.fromkeys(late.otherwise for late in asked))
    if any("\n" in condition for condition in conditions):
        return None
    match test:
        case cst.BooleanOperation(operator=cst.Or(), lpar=[]) | cst.IfExp(lpar=[]) | cst.NamedExpr(lpar=[]):
            conditions = (f"({conditions[0]})", *conditions[1:])
    edit = context.replace(test, " and ".join(conditions))
    return Fix(Safety.UNSAFE, "ask for the backend here, too", (edit,))
