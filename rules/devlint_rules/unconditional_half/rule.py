"""Half precision that reaches the CPU."""

from __future__ import annotations

import libcst as cst

from devlint.analysis.torch_facts import HALF
from devlint.rule import Because, Context, Edit, Finding, Fix, Iterator, Kind, Outcome, Safety, Severity

_HALF = frozenset(f"torch.{name}" for name in HALF)
_CASTS = frozenset(("half", "to", "type"))
#: words of layers -> the kernel that the CPU has not in half precision
_KERNELS = {
    "LayerNorm": "LayerNormKernelImpl",
    "layer_norm": "LayerNormKernelImpl",
    "Conv": "slow_conv2d_cpu",
    "conv": "slow_conv2d_cpu",
    "softmax": "softmax_lastdim_kernel_impl",
    "grid_sample": "grid_sampler_2d_cpu",
}


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in _CASTS:
        return
    found = {one.world: one.value for one in context.halvings(node)}
    if not found:
        return
    old = context.torch().below(2, 4)
    outcome, why = (Outcome.CRASHES, _error(node, context)) if old else (Outcome.WASTEFUL, "slow, and other numbers")
    yield context.report(
        node,
        f"half precision reaches the CPU in world `{next(iter(found)).name}`: {why}",
        worlds=dict.fromkeys(found, outcome),
        because=Because.BELIEF if any(value.kind is Kind.UNKNOWN for value in found.values()) else Because.DERIVED,
        severity=Severity.ERROR if old else Severity.WARNING,
        torch=old,
        help="use half precision only where the device is no CPU",
        fix=_fix(node, node.func.value, context),
    )


def _error(node: cst.CSTNode, context: Context) -> str:
    """What the first operator says that the CPU lacks (measured, torch 2.0 to 2.2); which one that is, the code around
    says or nobody knows."""
    kernel = next((kernel for word, kernel in _KERNELS.items() if context.speaks_of(node, word)), "...")
    return f"RuntimeError: \"{kernel}\" not implemented for 'Half'"


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
