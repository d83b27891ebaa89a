"""Where the host reads what a copy from a device has yet to bring.

A copy that does not block goes on by itself, in the order of the device's stream; whatever waits for that stream makes
it whole: a synchronisation, an event, another copy that blocks. What is read before holds what was there. Followed
within one function, in the order of the text and once around the innermost loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from types import NoneType
from typing import NamedTuple

from devlint.analysis import lexicon, library_facts, syntax, torch_facts
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

#: methods that give the same memory in another shape
_VIEWS = frozenset("detach squeeze unsqueeze view reshape permute transpose t flatten expand narrow select".split())
#: methods of a tensor that compute with its contents, or copy them
_READING = (torch_facts.REDUCTIONS - _VIEWS) | frozenset(
    "item tolist float double half int long clone add sub mul div abs round exp log clamp sigmoid softmax nonzero sort "
    "topk eq ne gt lt ge le add_ mul_ sub_ div_ numpy".split()
)
#: functions of Python that look at the contents
_BUILTINS = frozenset("float int bool print str sum max min round abs sorted".split())
#: functions of torch that do not
_BLIND = (torch_facts.NOT_A_TENSOR.keys() | torch_facts.APART) - {"torch.save", "torch.equal", "torch.allclose", "save"}
#: calls after which a device has done all that it was told before
_WAITING = frozenset("wait query item tolist cpu nonzero join result barrier empty_cache wait_stream finish".split())
_Functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_Loops = (ast.For, ast.AsyncFor, ast.While)

#: how far a value is followed from name to name
_NAMES = 4


class _Use(NamedTuple):
    """What becomes of a value: the expression that reads it, or the name that holds it from then on (in a container)"""

    read: ast.expr | None = None
    name: ast.Name | None = None
    packed: bool = False


def early_read(program: Program, copy: ast.expr, accelerator: str) -> ast.expr | None:
    """The expression that reads what a copy brings, or a list of such copies, before anything has waited for it."""
    use = _use(program, copy, packed=False)
    for _ in range(_NAMES):
        if use.read is not None:
            later = _later(program, use.read)
            is_array = last_name(getattr(use.read, "func", None)) == "numpy"  # which shares the memory
            return None if is_array and any(_waits(program, node, accelerator) for node in later) else use.read
        if use.name is None:
            return None
        use = _next_use(program, copy, use.name, use.packed, accelerator)
        copy = use.name or copy
    return None


def _next_use(program: Program, copy: ast.expr, name: ast.Name, packed: bool, accelerator: str) -> _Use:
    """What becomes of what a name holds, where nothing waits first."""
    for node in _later(program, copy):
        match node:
            case ast.Name(ctx=ast.Load()) if node.id == name.id:
                use = _use(program, node, packed)
                if use != _Use():
                    return use
            case ast.Name(ctx=ast.Store()) if node.id == name.id and node is not name:
                holder = program.parents[node]
                return _Use(node) if isinstance(holder, ast.AugAssign) and not packed else _Use()
            case ast.Call() if _waits(program, node, accelerator):
                return _Use()
    return _Use()


def _use(program: Program, node: ast.expr, packed: bool) -> _Use:
    """What the expression around a value does with it."""
    while True:
        parent = program.parents[node]
        if isinstance(parent, (ast.keyword, ast.Starred)):
            parent = program.parents[parent]
        match parent:
            case ast.Subscript(value=value) if value is node:
                node, packed = parent, packed and isinstance(parent.slice, ast.Slice)
            case ast.Attribute(attr="data" | "T"):
                node = parent
            case ast.Attribute(attr=method):
                call = program.parents[parent]
                if packed or not (isinstance(call, ast.Call) and call.func is parent):
                    return _Use()
                if method not in _VIEWS:
                    return _Use(call) if method in _READING else _Use()
                node = call
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) if element is node:
                node, packed = parent, True
            case ast.DictComp(value=element) if element is node:
                node, packed = parent, True
            case ast.List() | ast.Tuple() if isinstance(parent.ctx, ast.Load):
                node, packed = parent, True
            case ast.Call(func=ast.Name(id="list" | "tuple")):
                node = parent
            case ast.Call(func=ast.Attribute(value=ast.Name() as held, attr="append"), args=[_]):
                return _Use(name=held, packed=True)
            case ast.Call() if parent.func is not node:
                return _Use(parent) if _reads(program, parent, packed) else _Use()
            case ast.BinOp() | ast.UnaryOp(op=ast.USub() | ast.Invert()) if not packed:
                return _Use(parent)
            case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()]) if not packed:
                return _Use(parent)
            case ast.AugAssign(value=value) if value is node and not packed:
                return _Use(node)
            case ast.Assign(targets=[ast.Name() as name]):
                return _Use(name=name, packed=packed)
            case ast.For(iter=found, target=ast.Name() as name) if found is node and packed:
                return _Use(name=name)
            case _:
                return _Use()


def _reads(program: Program, call: ast.Call, packed: bool) -> bool:
    """Whether a function looks at the contents of the tensors that it is given."""
    name = program.name(call.func) or last_name(call.func) or ""
    last = name.rpartition(".")[2]
    if name.startswith("torch."):
        return name not in _BLIND and last not in _BLIND
    if isinstance(call.func, ast.Name):
        return call.func.id in _BUILTINS and (not packed or call.func.id in ("print", "sum", "max", "min", "sorted"))
    return name.startswith(library_facts.ARRAY_PACKAGES) and last not in ("shape", "ndim", "size")


def _waits(program: Program, node: ast.AST, accelerator: str) -> bool:
    """Whether a call makes the host wait for an accelerator of this type; one of torch's modules does for its own."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("to", "cuda"):  # in either direction
        target = node.args[0] if node.args else None
        named = isinstance(target, ast.Constant) or lexicon.names_device(last_name(target) or "")
        return (named or target is None) and not any(keyword.arg == "non_blocking" for keyword in node.keywords)
    last = last_name(node.func) or ""
    owner = (program.name(node.func) or "").split(".")
    if last == "synchronize" and owner[0] == "torch" and len(owner) == 3:
        return owner[1] in (accelerator, "accelerator")
    return last in _WAITING or "sync" in last.lower()


# -- the order of the text


def _later(program: Program, node: ast.expr) -> Iterator[ast.AST]:
    """The names and calls that control may come to after an expression within its function, in the order of the text:
    those behind it, without the other sides of the conditions that it stands under, then those before it in the
    innermost loop."""
    around = list(syntax.above(program.parents, node))
    function = next((one for one in around if isinstance(one, _Functions)), program.tree)
    inside = around[: around.index(function)]
    end = _end(node)
    others = {part for one in inside if isinstance(one, ast.If) for part in _other_side(one, (node, *inside))}
    leaves = next((leave for one in inside if (leave := _leaves(program, one)) is not None), None)
    limit = _end(leaves) if isinstance(leaves, (ast.Return, ast.Raise, ast.Continue)) else _end(function)
    found = _ordered(program, function)
    yield from (one for one in found if end <= _start(one) and _end(one) <= limit and one not in others)
    loop = next((one for one in inside if isinstance(one, _Loops)), None)
    if loop is not None and isinstance(leaves, (ast.Continue, NoneType)):
        yield from (one for one in found if _start(loop.body[0]) <= _start(one) < end)


def _ordered(program: Program, function: ast.AST) -> list[ast.Name | ast.Call]:
    """The names and calls of a function, without those of functions in it, in the order in which they are
    evaluated."""
    pending, found = list(syntax.children(function)), []
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Name, ast.Call)):
            found.append(node)
        if not isinstance(node, _Functions):
            pending += syntax.children(node)
    return sorted(found, key=lambda node: _end(program.parents[node] if _is_bound(program, node) else node))


def _is_bound(program: Program, node: ast.AST) -> bool:
    """Whether a name is bound by an assignment: once what stands on the right of it was evaluated."""
    assigned = isinstance(program.parents[node], (ast.Assign, ast.AnnAssign, ast.AugAssign))
    return assigned and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _other_side(condition: ast.If, chain: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What stands on the side of a condition on which nothing of ``chain`` does."""
    inside = set(chain)
    for side in (condition.body, condition.orelse):
        if not inside.intersection(side):
            yield from (part for statement in side for part in syntax.walk(statement))


def _leaves(program: Program, node: ast.AST) -> ast.stmt | None:
    """How control leaves at the end of the side of a condition on which a statement stands, if it does."""
    match program.parents[node]:
        case ast.If(body=body, orelse=orelse):
            last = next((side[-1] for side in (body, orelse) if node in side), None)
            return last if isinstance(last, (ast.Return, ast.Raise, ast.Break, ast.Continue)) else None
    return None


def _start(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> tuple[int, int]:
    if isinstance(node, ast.Module):
        return (1 << 30, 0)
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
