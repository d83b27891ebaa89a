"""The version of CUDA that torch was built for, read as if there always were one."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.versions import CUDA, REFUSING
from devlint.rule import HARDWARE_GUARDS, Context, Finding, Fix, Guard, Iterator, Kind, Outcome, Safety, World, escapes

_GUARDS = HARDWARE_GUARDS | {Guard.DATA, Guard.VERSION}
_ORDERINGS = {cst.LessThan: "<", cst.LessThanEqual: "<=", cst.GreaterThan: ">", cst.GreaterThanEqual: ">="}


def check(
    node: cst.Attribute | cst.Subscript | cst.Call | cst.Comparison | cst.BinaryOperation, context: Context
) -> Iterator[Finding]:
    for version, error in _needed(node, context):
        worlds = [world for world in context.worlds if _is_missing(version, error, world, context)]
        if worlds:
            yield context.report(
                version,
                f"{context.quote(version)} is None in world `{worlds[0].name}`, whose torch was built without CUDA: "
                f"{error}",
                worlds=dict.fromkeys(worlds, Outcome.CRASHES),
                help="test it for None first",
                fix=_fix(version, context),
            )


def _needed(node: cst.CSTNode, context: Context) -> Iterator[tuple[cst.BaseExpression, str]]:
    """The parts of an expression that must not be None, with what it raises of None."""
    match node:
        case cst.Attribute(value=version, attr=cst.Name(name)):
            yield version, f"AttributeError: 'NoneType' object has no attribute '{name}'"
        case cst.Subscript(value=version):
            yield version, "TypeError: 'NoneType' object is not subscriptable"
        case cst.Call(func=function, args=[cst.Arg(value=version), *_]):
            called = context.name(function) or (function.value if isinstance(function, cst.Name) else "")
            if called in REFUSING:
                yield version, REFUSING[called]
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
            symbol = _ORDERINGS.get(type(operator))
            for version in (left, right) if symbol else ():
                yield version, f"TypeError: '{symbol}' not supported between instances of 'NoneType' and others"
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            yield left, "TypeError: unsupported operand type(s) for +: 'NoneType' and 'str'"
            yield right, 'TypeError: can only concatenate str (not "NoneType") to str'


def _is_missing(version: cst.BaseExpression, error: str, world: World, context: Context) -> bool:
    """Whether this is None in a world where nothing catches what comes of that."""
    return any(
        escapes(visit, error.partition(":")[0], silent=_GUARDS)
        and any(value.kind is Kind.NONE and value.name == CUDA for value in visit.value)
        for visit in context.visits(version, world)
    )


def _fix(version: cst.BaseExpression, context: Context) -> Fix | None:
    """Read no version as the lowest one, where it is asked for."""
    if context.name(version) != CUDA:
        return None
    text = f'{context.text(version)} or "0.0"'
    edit = context.replace(version, text if isinstance(context.parent(version), cst.Arg) else f"({text})")
    return Fix(Safety.UNSAFE, "read no version as 0.0", (edit,))
