"""Making a new tensor where the one is that it meets."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import FACTORIES
from devlint.rule import Context, Edit, Fix, Iterator, Mixture, Provenance, Safety, Value

#: factories that take no device
_DEVICELESS = frozenset("from_numpy Tensor FloatTensor LongTensor IntTensor ByteTensor BoolTensor DoubleTensor".split())


def replacement(node: cst.Call, met: list[Mixture], context: Context) -> Fix | None:
    """The device of the operand where it is a parameter here, else the selected one that is in scope. What else is made
    in the expression goes there too: it would meet this one."""
    operands = {mixture.operand for mixture in met}
    operand = operands.pop() if len(operands) == 1 else None
    device = f"{operand}.device" if operand else next(iter(context.devices_in_scope(node)), None)
    if device is None:
        return None
    beside = list(_made_beside(node, met, context))
    together = [call for call in beside if isinstance(call, cst.Call) and context.name(call.func) in FACTORIES]
    safety = Safety.SAFE if operand and together == beside else Safety.UNSAFE
    message = f"move it to `{device}`" if _takes_none(node, context) else f"make it on `{device}`"
    return Fix(safety, message, tuple(_placed(call, device, context) for call in (node, *together)))


def _takes_none(factory: cst.Call, context: Context) -> bool:
    return (context.name(factory.func) or "").rpartition(".")[2] in _DEVICELESS


def _placed(factory: cst.Call, device: str, context: Context) -> Edit:
    if _takes_none(factory, context):
        return context.insert_after(factory, f".to({device})")
    return context.add_argument(factory, f"device={device}")


def _made_beside(node: cst.Call, met: list[Mixture], context: Context) -> Iterator[cst.BaseExpression]:
    """What stands with a new tensor in one expression, short of where it meets another one, and is new itself."""
    first, ends = context.earliest(met), {mixture.at for mixture in met}
    inner: cst.CSTNode = node
    while (outer := context.parent(inner)) is not None and context.place(outer) not in ends:
        beside: list[cst.BaseExpression] = []
        match outer:
            case cst.Call(args=args):
                beside = [argument.value for argument in args if argument is not inner]
            case cst.BinaryOperation(left=left, right=right):
                beside = [left, right]
            case cst.Attribute() | cst.Arg():
                pass
            case _:
                return
        values = [(one, context.value(one, first.world)) for one in beside if one is not inner]
        yield from (one for one, value in values if value.any(_is_new))
        inner = outer


def _is_new(value: Value) -> bool:
    return value.provenance is Provenance.FACTORY and value.scalar is not True
