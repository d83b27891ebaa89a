"""Variables of the environment that are read once: what reads them, and whether that has happened where one is set."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from devlint.analysis import scope, syntax
from devlint.analysis.program import Program

#: variables that the driver of CUDA or ROCm reads when it is initialised (CUDA programming guide, HIP documentation)
BY_DRIVER: Final = frozenset("CUDA_VISIBLE_DEVICES CUDA_DEVICE_ORDER HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES".split())
#: variables that torch reads when it is loaded (ATen/mps/MPSFallback.mm) -> the accelerator they are for
BY_IMPORT: Final = {"PYTORCH_ENABLE_MPS_FALLBACK": "mps"}

#: what initialises the driver, unless a variable lets torch ask without it. docs of torch.cuda.is_available
_INITIALISES: Final = frozenset(
    f"torch.cuda.{name}"
    for name in (
        "is_available init current_device set_device get_device_name get_device_properties get_device_capability "
        "mem_get_info synchronize is_bf16_supported current_stream default_stream get_rng_state Stream"
    ).split()
)
_WITHOUT: Final = "PYTORCH_NVML_BASED_CUDA_CHECK"
#: what starts processes that read their own environment: modules, and functions of `os`
_STARTING: Final = frozenset("subprocess multiprocessing torch.multiprocessing ray joblib submitit".split())


def read_before(program: Program, node: ast.expr, key: str) -> ast.AST | None:
    """What has surely read a variable in this process when control gets to an expression."""
    if any(name.startswith(tuple(_STARTING)) for name in program.aliases.values()) or _WITHOUT in program.source.text:
        return None
    for statement in _before(program, node):
        if key in BY_DRIVER:
            for call in _calls(statement):
                if program.name(call.func) in _INITIALISES:
                    return call
        elif _imports_torch(statement):
            return statement
    return None


def _before(program: Program, node: ast.AST) -> Iterator[ast.AST]:
    """Statements, and tests of conditions, that have run when control gets to a node, the nearest first."""
    inner: ast.AST = node
    while (outer := program.parents.get(inner)) is not None:
        for block in _blocks(outer):
            if inner in block:
                yield from reversed(block[: block.index(inner)])
        if isinstance(outer, (ast.If, ast.While)) and inner is not outer.test:
            yield ast.Expr(outer.test)
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not _is_called_at_import(program, outer.name):
                yield from program.tree.body
            return
        if isinstance(outer, (ast.Lambda, ast.ClassDef)):
            return
        inner = outer


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
        yield node.body
    elif isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
        yield from (node.body,) if isinstance(node, (ast.ExceptHandler, ast.match_case)) else scope.blocks(node)


def _is_called_at_import(program: Program, name: str) -> bool:
    return None in program.references.get(name, ())


def _calls(statement: ast.AST) -> Iterator[ast.Call]:
    """Calls that running a statement surely makes."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    if isinstance(statement, (ast.With, ast.Try)):
        for inner in statement.body:
            yield from _calls(inner)
    pending = [child for child in syntax.children(statement) if not isinstance(child, ast.stmt)]
    while pending:
        found = pending.pop()
        if isinstance(found, ast.Call):
            yield found
        if not isinstance(found, (ast.Lambda, ast.BoolOp, ast.IfExp)):
            pending += syntax.children(found)
        elif not isinstance(found, ast.Lambda):
            pending.append(found.test if isinstance(found, ast.IfExp) else found.values[0])


def _imports_torch(statement: ast.AST) -> bool:
    match statement:
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] == "torch" for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            return module.partition(".")[0] == "torch"
    return False
