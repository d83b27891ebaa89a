"""Half precision that reaches the CPU."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import HALF
from devlint.analysis.value import ANYWHERE
from devlint.rule import Because, Context, Edit, Finding, Fix, Iterator, Kind, Outcome, Safety, Severity, Value, World

_HALF = frozenset(f"torch.{name}" for name in HALF)
#: what may hold numbers in half precision; a call of ``.half()`` says so of an unknown value
_DATA = (Kind.TENSOR, Kind.MODULE, Kind.MOVABLE, Kind.UNKNOWN)


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("half")), args=[]):
            pass
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name("to"))) if _to_half(node, context):
            pass
        case _:
            return
    result = _outcome(node, context)
    if result is None or _is_stored(result, context):
        return
    found = {world: v for world in context.reached(node) for v in context.value(result, world) if _on_cpu(v, world)}
    if not found:
        return
    old = context.torch().below(2, 4)
    outcome, why = (Outcome.CRASHES, _error(old.low)) if old else (Outcome.WASTEFUL, "slow, and other numbers")
    yield context.report(
        node,
        f"half precision reaches the CPU in world `{next(iter(found)).name}`: {why}",
        worlds=dict.fromkeys(found, outcome),
        because=Because.BELIEF if any(value.kind is Kind.UNKNOWN for value in found.values()) else Because.DERIVED,
        severity=Severity.ERROR if old else Severity.WARNING,
        torch=old,
        help="use half precision only where the device is no CPU",
        fix=_fix(node, receiver, context),
    )


def _to_half(node: cst.Call, context: Context) -> bool:
    """Whether half precision is written down here; a name that holds it was chosen elsewhere."""
    return any(context.name(argument.value) in _HALF for argument in node.args)


def _on_cpu(value: Value, world: World) -> bool:
    """Whether a value computes on the CPU: for certain, or because the world has nothing else. One that is still on
    the CPU where the accelerator is selected has yet to be moved."""
    here = value.place == "cpu" or (world.accelerator is None and value.place in (None, ANYWHERE))
    return here and world.device == "cpu" and value.kind in _DATA


def _outcome(node: cst.BaseExpression, context: Context) -> cst.BaseExpression | None:
    """What the chain of methods around makes of the result; None where it is made wide again."""
    match context.parent(node):
        case cst.Attribute(attr=cst.Name("float" | "double")):
            return None
        case cst.Attribute() as method:
            match context.parent(method):
                case cst.Call(args=arguments) as call:
                    return None if any(map(_is_dtype, arguments)) else _outcome(call, context)
    return node


def _is_stored(node: cst.BaseExpression, context: Context) -> bool:
    """Whether nothing computes with a value: it is saved, or goes into a state dict one entry after the other."""
    match context.parent(node):
        case cst.DictComp():
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript(slice=[cst.SubscriptElement(cst.Index(key))]))]):
            return isinstance(key, cst.Name)
    return context.feeds(node) == frozenset({"save"})


def _is_dtype(argument: cst.Arg) -> bool:
    return argument.keyword is not None and argument.keyword.value == "dtype"


def _error(torch: tuple[int, ...]) -> str:
    """What the first unsupported operation says (measured, torch 2.0 to 2.2)."""
    operation = "LayerNormKernelImpl" if torch >= (2, 2) else "addmm_impl_cpu_"
    return f"RuntimeError: \"{operation}\" not implemented for 'Half'"


def _fix(node: cst.Call, receiver: cst.BaseExpression, context: Context) -> Fix | None:
    """Make it conditional on the device in scope."""
    device = next(iter(context.devices_in_scope(node)), None)
    condition = f'str({device}) != "cpu"'
    edit: Edit | None = None
    match node.args, context.parent(node):
        case _ if device is None:
            pass
        case [[*_, cst.Arg(value=cst.Attribute(value=torch) as dtype)], _] if context.name(dtype) in _HALF:
            edit = context.insert_after(dtype, f" if {condition} else {context.text(torch)}.float32")
        case [[], cst.Expr() as statement]:
            edit = context.guard(statement, condition)
        case [[], cst.Assign() | cst.Return() | cst.Arg()] if isinstance(receiver, (cst.Name, cst.Attribute)):
            edit = context.insert_after(node, f" if {condition} else {context.text(receiver)}")
    return None if edit is None else Fix(Safety.UNSAFE, f"full precision where `{device}` is the CPU", (edit,))
