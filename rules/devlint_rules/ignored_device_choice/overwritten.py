"""Choices of a device that an assignment overwrites before anything has read them."""

from __future__ import annotations

import libcst as cst

from devlint.rule import ALL_GUARDS, Context, Edit, Finding, Fix, Guard, Iterator, Outcome, Related, Safety, World
from devlint.world import Request


def check(node: cst.Assign, context: Context) -> Iterator[Finding]:
    match node.targets:
        case [cst.AssignTarget(target=cst.Name() as target)]:
            choice = context.dropped_choice(target)
        case _:
            return
    if choice is None:
        return
    condition = _condition(node, context)
    asks = condition is not None and _asks_hardware(condition, context)
    silent = ALL_GUARDS - {Guard.DATA} if asks else ALL_GUARDS  # who prepares data may be asked to do it elsewhere
    places = {
        world: place
        for world in context.worlds
        if world.accelerator and (place := _place(node, world, silent, context)) is not None
    }
    if not places:
        return
    related = [Related(choice, "the choice that nobody has read")]
    if condition is None:
        yield from _always(node.targets[0].target, places, related, context)
    elif asks:
        yield from _always(condition.test, places, related, context)
    elif _absent(condition, places, context):
        yield from _for_want_of_another(condition, places, related, context)


def _place(node: cst.Assign, world: World, silent: frozenset[Guard], context: Context) -> str | None:
    """The one device type that is assigned in a world; None where control does not get, or past a guard only."""
    visits = [visit for visit in context.visits(node.value, world) if not visit.guards & silent]
    values = [value for visit in visits for value in visit.value]
    places = {value.place if value.is_device else None for value in values}
    return places.pop() if len(places) == 1 and all(v.literal or v.const for v in values) else None


def _asks_hardware(condition: cst.If, context: Context) -> bool:
    """Whether a condition holds where there is an accelerator, whatever was asked for, and nowhere else."""
    table = context.truth(condition.test)
    return bool(table) and all(truth is bool(world.accelerator) for world, truth in table.items())


def _always(
    where: cst.BaseExpression, places: dict[World, str], related: list[Related], context: Context
) -> Iterator[Finding]:
    """What was chosen is replaced whatever it was, or wherever there is an accelerator."""
    wrong = {w: Outcome.WRONG for w, place in places.items() if w.request is not Request.NONE and place != w.device}
    if wrong:
        witness = next(iter(wrong))
        yield context.report(
            where,
            f"the choice is overwritten before anything reads it: it is `{places[witness]}` in world "
            f"`{witness.name}`, which asks for `{witness.device}`",
            worlds=wrong,
            related=related,
            help="choose only where nothing was chosen",
        )


# -- a condition that another request decides


def _condition(node: cst.CSTNode, context: Context) -> cst.If | None:
    parent = context.parent(node)
    while parent is not None and not isinstance(parent, (cst.If, cst.FunctionDef, cst.Lambda)):
        parent = context.parent(parent)
    return parent if isinstance(parent, cst.If) else None


def _operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.BooleanOperation(left=left, right=right):
            yield from _operands(left)
            yield from _operands(right)
        case _:
            yield node


def _absent(condition: cst.If, places: dict[World, str], context: Context) -> cst.BaseExpression | None:
    """The operand that sends to the CPU whoever gives no other request than the device, and nobody who gives one."""
    for operand in _operands(condition.test):
        answers = {world.request: truth for world, truth in context.truth(operand).items() if world.accelerator}
        decides = {answers.get(Request.ACCELERATOR), answers.get(Request.CPU)} == {True, False}
        if decides and answers.get(Request.NONE) is answers[Request.CPU]:
            requests = {world.request for world, place in places.items() if place == "cpu"}
            if requests == {Request.NONE, Request.CPU}:
                return operand
    return None


def _for_want_of_another(
    condition: cst.If, places: dict[World, str], related: list[Related], context: Context
) -> Iterator[Finding]:
    operand = _absent(condition, places, context)
    wrong = {world: Outcome.WRONG for world in places if world.request is Request.NONE}
    if operand is not None:
        yield context.report(
            operand,
            f"{context.quote(operand)} sends to the CPU whoever gives a device and no more: the choice is ignored in "
            f"world `{next(iter(wrong)).name}`",
            worlds=wrong,
            related=related,
            help="what is absent asks for nothing: leave the chosen device alone",
            fix=_fix(operand, condition.test, context),
        )


def _fix(operand: cst.BaseExpression, test: cst.BaseExpression, context: Context) -> Fix | None:
    """Let an absent key ask for nothing: nobody gets another answer who gives it. On a machine without accelerator the
    CPU has to be selected as before."""
    turned = _turned(operand, context)
    if turned is None:
        return None
    edits: tuple[Edit, ...] = (turned,)
    if not all(_holds_without(operand, test, world, context) for world in context.worlds if not world.accelerator):
        available = context.spelling("torch.cuda.is_available")
        others = {world.accelerator for world in context.worlds} - {None, "cuda"}
        if available is None or others or operand is not test:
            return None
        edits = (context.insert_before(operand, f"not {available}() or "), turned)
    return Fix(Safety.SAFE, "let what is absent ask for nothing", edits)


def _holds_without(operand: cst.BaseExpression, test: cst.BaseExpression, world: World, context: Context) -> bool:
    """Whether a condition holds in a world although one of its operands does not."""
    match test:
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            sides = (_holds_without(operand, side, world, context) for side in (left, right))
            return any(sides) if isinstance(operator, cst.Or) else all(sides)
    return test is not operand and context.truth(test).get(world) is True


def _turned(operand: cst.BaseExpression, context: Context) -> Edit | None:
    """The default of the absent key, turned."""
    match operand:
        case cst.Comparison(
            left=cst.Call(
                func=cst.Attribute(attr=cst.Name("get")), args=[_, cst.Arg(value=cst.Integer("0") as default)]
            ),
            comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=cst.Integer("0"))],
        ):
            return context.replace(default, "1")
        case cst.UnaryOperation(
            operator=cst.Not(),
            expression=cst.Call(
                func=cst.Attribute(attr=cst.Name("get")),
                args=[_, cst.Arg(value=(cst.Integer("0") | cst.Name("False")) as default)],
            ),
        ):
            return context.replace(default, "1" if isinstance(default, cst.Integer) else "True")
    return None
