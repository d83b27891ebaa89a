"""Loads of what the same run wrote: whatever machine it is on, the devices are there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from devlint.analysis import assignments, syntax
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.archives import Save

#: files that are there for one block
_TEMPORARY = frozenset(("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"))
#: what ends in the bytes of another process of the same program: a tensor that was sent, the output of a child
_SENT = frozenset("numpy tobytes getvalue getbuffer stdout recv recv_bytes tolist".split())


def is_of_this_run(program: Program, load: ast.Call, saves: list[Save]) -> bool:
    """Whether what is loaded was written by the same program a moment ago: to memory or to a temporary file, by another
    process of the same job, or by a ``torch.save`` that stands before the load, in its function or in a method that is
    called before its own."""
    path = load.args[0]
    if _is_sent(program, path) or _is_temporary(program, path):
        return True
    for save in saves:
        if save.program is program and program.unit_at(save.call) is program.unit_at(load):
            before = save.call.lineno < load.lineno and _is_same(program, path, save)
            if before and not is_optional(program, save.call, load):
                return True
    return any(_is_called_before(program, load, save) for save in saves)


def _is_same(program: Program, path: ast.expr, save: Save) -> bool:
    """Whether a path, or the file object at it, is written the same way as that of a save."""
    match path, save.target:
        case ast.Name(id=one), ast.Name(id=other) if one == other:
            if assignments.of_name(program, path) == assignments.of_name(program, save.target):
                return True
        case _ if ast.dump(path) == ast.dump(save.target):
            return True
    opened, written = _opened(program, path), _opened(program, save.target)
    return opened is not None and written is not None and ast.dump(opened) == ast.dump(written)


def _opened(program: Program, file: ast.expr) -> ast.expr | None:
    """The path at which a file object was opened."""
    values = [one.value for one in assignments.of_name(program, file)] if isinstance(file, ast.Name) else [file]
    match values:
        case [ast.Call(func=ast.Name(id="open"), args=[path, *_])]:
            return path
    return None


def is_optional(program: Program, node: ast.AST, beside: ast.AST) -> bool:
    """Whether a node is left out in some runs that come to something else all the same: it stands in a branch,
    asked for by what holds throughout a run, that the other does not stand in."""
    around = {beside, *syntax.above(program.parents, beside)}
    branches = (one for one in syntax.above(program.parents, node) if isinstance(one, ast.If) and one not in around)
    return any(_is_settled(program, one.test) for one in branches)


def _is_settled(program: Program, test: ast.expr) -> bool:
    """Whether a condition may be one for the whole run: an option, a mode, the presence of a file; not a comparison of
    what is computed, nor a name that is bound again and again."""
    match test:
        case ast.BoolOp(values=parts):
            return any(_is_settled(program, part) for part in parts)
        case ast.UnaryOp(operand=part):
            return _is_settled(program, part)
        case ast.Name():
            return len(assignments.of_name(program, test)) < 2
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            return len(assignments.of_attribute(program.unit_at(test), attribute)) < 2
        case ast.Compare() if _is_of_loop(program, test):
            return False
        case ast.Compare():
            texts = (node.value for node in syntax.walk(test) if isinstance(node, ast.Constant))
            read = (node for node in syntax.walk(test) if isinstance(node, ast.Attribute))
            return any(isinstance(text, str) for text in texts) or any(_is_settled(program, one) for one in read)
    return True


def _is_of_loop(program: Program, test: ast.expr) -> bool:
    """Whether a condition reads what a loop around it binds: ``for phase in ("train", "val"):``."""
    read = {node.id for node in syntax.walk(test) if isinstance(node, ast.Name)}
    loops = (node for node in syntax.above(program.parents, test) if isinstance(node, (ast.For, ast.AsyncFor)))
    return any(isinstance(node, ast.Name) and node.id in read for loop in loops for node in syntax.walk(loop.target))


def _is_called_before(program: Program, load: ast.Call, save: Save) -> bool:
    """Whether a method of the same class calls the one that saves before the one that loads."""
    reader, writer = program.unit_at(load), program.unit_at(save.call)
    if reader is None or writer is None or reader is writer or reader.owner is None or writer.owner is not reader.owner:
        return False
    if not _is_same(program, load.args[0], save) or isinstance(load.args[0], ast.Name):
        return False  # the path of whoever asks
    for method in reader.owner.methods.values():
        lines = {name: _calls(method.node, name) for name in (reader.name, writer.name)}
        if lines[writer.name] and lines[reader.name] and min(lines[writer.name]) < min(lines[reader.name]):
            return True
    return False


def _calls(body: ast.AST, method: str) -> list[int]:
    calls = (node for node in syntax.walk(body) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == method]


def _is_sent(program: Program, path: ast.expr) -> bool:
    """Whether what is read is the memory that another process of the same program filled."""
    values = [one.value for one in assignments.of_name(program, path)] if isinstance(path, ast.Name) else [path]
    return bool(values) and all(isinstance(value, ast.Call) and _holds_sent(value) for value in values)


def _holds_sent(made: ast.Call) -> bool:
    if last_name(made.func) != "BytesIO" or not made.args:
        return False
    last = made.args[0].func if isinstance(made.args[0], ast.Call) else made.args[0]
    return isinstance(last, ast.Attribute) and last.attr in _SENT


def _is_temporary(program: Program, path: ast.expr) -> bool:
    """Whether what is read is a file that was made around it and is gone after it."""
    blocks = (node for node in syntax.above(program.parents, path) if isinstance(node, (ast.With, ast.AsyncWith)))
    return any(
        isinstance(item.context_expr, ast.Call)
        and last_name(item.context_expr.func) in _TEMPORARY
        and item.optional_vars is not None
        and ast.unparse(item.optional_vars) in (ast.unparse(path), ast.unparse(path).removesuffix(".name"))
        for block in blocks
        for item in block.items
    )


def is_collated(program: Program, load: ast.Call) -> bool:
    """Whether a load makes batches in a worker of a data loader, as a collate function does: on the CPU."""
    around = syntax.above(program.parents, load)
    return any(isinstance(node, ast.keyword) and node.arg == "collate_fn" for node in around)


def is_of_objects(program: Program, load: ast.Call) -> bool:
    """Whether a planner of a distributed checkpoint loads what is no tensor. docs of torch.distributed.checkpoint"""
    unit = program.unit_at(load)
    if unit is None or unit.owner is None or unit.name != "load_bytes":
        return False
    return any((last_name(base) or "").endswith("LoadPlanner") for base in unit.owner.node.bases)


def is_handed_on(program: Program, load: ast.Call) -> bool:
    """Whether a function loads from a path that it is given, and puts nothing of it into a module."""
    unit, path = program.unit_at(load), load.args[0]
    if unit is None or not isinstance(path, ast.Name) or path.id not in unit.given:
        return False
    return not any(isinstance(node, ast.Attribute) and node.attr == "load_state_dict" for node in unit.nodes)
