"""Whether anything computes with what was made half precision: what is stored, moved or only multiplied does not need
the kernels that the CPU lacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import syntax
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program
from devlint.analysis.value import Kind, Value

#: arithmetic, which the CPU has in half precision: in torch 2.2 and later
_ARITHMETIC = frozenset(f"torch.{name}" for name in "mm matmul bmm mul add sub div".split())
#: methods that take a tensor away from the computation
_TAKEN = frozenset(("cpu", "numpy", "tolist", "item"))
#: attributes that say something of a tensor or of a module, and methods that store it
_ASKED = frozenset("shape size dtype device ndim dim numel state_dict save_pretrained".split())
#: what holds the tensors of a module
_PARTS = frozenset("parameters named_parameters buffers".split())
#: methods that set a module up, and give it back
SETTING_UP = frozenset("to cpu cuda eval train requires_grad_".split())
#: methods after which it is wide again
_WIDE = frozenset(("float", "double"))


def is_computed_with(program: Program, call: ast.Call, result: ast.expr, value: Value) -> bool:
    """Whether what a call makes half precision, and ``result`` the chain of methods around it, may get to a kernel."""
    if (value.kind is Kind.TENSOR or value.attached) and _ends_on_host(program, call, result):
        return False
    match program.parents.get(result):
        case ast.Return() if _is_a_step(program, call):
            return False  # a module that only changes the precision: where it stands somebody has asked for that
        case ast.Expr() if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Subscript):
            return not _is_saved_inside(program, result, call.func.value)
        case ast.Expr():  # a module, which changes where it stands
            path = path_of(call.func.value) if isinstance(call.func, ast.Attribute) else None
            found = list(reads(program, result, path)) if path is not None else []
            stored = any(isinstance(program.parents.get(read), ast.Attribute) for read in found)
            return not stored or not all(_is_asked(program, read) for read in found)
        case ast.Assign(targets=[ast.Name(id=name)]):
            idle = [_is_idle(program, read) for read in reads(program, result, name) if not _is_asked(program, read)]
            return not idle or not all(idle)
    return not _is_idle(program, result)


def _is_saved_inside(program: Program, node: ast.expr, item: ast.Subscript) -> bool:
    """Whether the container of an item is saved, and its items are set and asked for what they are alone."""
    uses = [program.parents[read] for read in reads(program, node, path_of(item.value) or "")]
    calls = [use for use in uses if isinstance(use, ast.Call)]
    items = [use for use in uses if isinstance(use, ast.Subscript) and isinstance(use.ctx, ast.Load)]
    stored = [use for use in uses if isinstance(use, ast.Subscript) and isinstance(use.ctx, ast.Store)]
    return (
        len(uses) == len(calls) + len(items) + len(stored)
        and {last_name(call.func) for call in calls} == {"save"}
        and all(_is_asked(program, one) or _is_looked_into(program, one) for one in items)
    )


def _is_a_step(program: Program, call: ast.Call) -> bool:
    """Whether ``forward`` makes half precision of its input, and does nothing else."""
    unit = program.unit_at(call)
    if unit is None or unit.name != "forward" or not isinstance(call.func, ast.Attribute):
        return False
    given = {parameter.arg for parameter in unit.node.args.args[1:]}
    return isinstance(call.func.value, ast.Name) and call.func.value.id in given and len(unit.node.body) == 1


def _is_idle(program: Program, node: ast.expr) -> bool:
    """Whether a value goes into arithmetic alone."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is not node:
        return program.name(parent.func) in _ARITHMETIC
    return isinstance(parent, (ast.BinOp, ast.AugAssign, ast.Compare))


def _is_asked(program: Program, node: ast.expr) -> bool:
    """Whether a value is only asked for what it is, stored, or set up."""
    parent = program.parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr in SETTING_UP:
        call = program.parents.get(parent)
        return isinstance(call, ast.Call) and isinstance(program.parents.get(call), ast.Expr)
    return isinstance(parent, ast.Attribute) and parent.attr in _ASKED


def _is_looked_into(program: Program, node: ast.expr) -> bool:
    parent = program.parents.get(node)
    return isinstance(parent, ast.Attribute) and parent.attr in _PARTS


def _ends_on_host(program: Program, call: ast.Call, result: ast.expr) -> bool:
    """Whether the chain of methods copies what was made half precision to the host."""
    node: ast.AST = call
    while node is not result:
        node = program.parents[node]
        if isinstance(node, ast.Attribute) and node.attr in _TAKEN:
            return True
    return False


def reads(program: Program, node: ast.expr, path: str) -> Iterator[ast.expr]:
    """What reads a path after an expression, in the function around, until it is wide again."""
    unit = program.unit_at(node)
    body: ast.AST = program.tree if unit is None else unit.node
    loop = _loop(program, node)
    first = node.lineno if loop is None else loop
    own = range(node.lineno, (node.end_lineno or 0) + 1)
    names = (found for found in syntax.walk(body) if isinstance(found, (ast.Name, ast.Attribute)))
    found = [name for name in names if path_of(name) == path and isinstance(name.ctx, ast.Load)]
    for read in sorted(found, key=lambda read: (read.lineno, read.col_offset)):
        if read.lineno < first or read.lineno in own:
            continue
        parent = program.parents.get(read)
        if isinstance(parent, ast.Attribute) and parent.attr in _WIDE and loop is None:
            return
        yield read


def _loop(program: Program, node: ast.AST) -> int | None:
    """The line of the outermost loop around an expression, in its function."""
    found: int | None = None
    for around in syntax.above(program.parents, node):
        if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
        if isinstance(around, (ast.For, ast.AsyncFor, ast.While)):
            found = around.lineno
    return found
