"""Which expressions give tensors of double precision: a type that is written down, or what numpy makes by itself."""

from __future__ import annotations

import ast

from devlint.analysis import syntax, torch_facts
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.reaching import Reaching

#: functions of numpy that give double precision where no type is asked for. docs
_OF_NUMPY = frozenset(
    f"numpy.{name}"
    for name in (
        "zeros ones empty eye identity linspace logspace geomspace hanning hamming blackman bartlett random.rand "
        "random.randn random.random random.normal random.uniform random.standard_normal random.random_sample"
    ).split()
)
#: functions of numpy that give the type of their first argument back. docs
_LIKE_NUMPY = frozenset(
    f"numpy.{name}"
    for name in (
        "tile around round moveaxis swapaxes transpose reshape clip abs expand_dims squeeze flip repeat pad sqrt exp "
        "log log10 sin cos power ravel roll ascontiguousarray copy"
    ).split()
)
_NAMES = frozenset(("torch.float64", "torch.double", "numpy.float64", "numpy.double"))
#: methods that keep the type
_KEEPING = (
    torch_facts.REDUCTIONS
    | torch_facts.SHAPING
    | frozenset("unsqueeze transpose permute t flatten clone detach".split())
) - {"argmax", "argmin", "count_nonzero", "any", "all"}
_DEPTH = 8


def is_double(program: Program, node: ast.expr, depth: int = 0) -> bool:
    """Whether an expression surely gives a tensor or an array of double precision."""
    if depth > _DEPTH:
        return False
    match node:
        case ast.Name():
            value = _assigned(program, node)
            return value is not None and is_double(program, value, depth + 1)
        case ast.Subscript(value=value):
            return is_double(program, value, depth + 1)
        case ast.BinOp(left=left, right=ast.Constant()) | ast.BinOp(left=ast.Constant(), right=left):
            return is_double(program, left, depth + 1)
        case ast.BinOp(left=left, right=right):
            return is_double(program, left, depth + 1) and is_double(program, right, depth + 1)
        case ast.Call():
            return _gives_double(program, node, depth + 1)
    return False


def _gives_double(program: Program, call: ast.Call, depth: int) -> bool:
    name = program.name(call.func) or ""
    dtype = next((keyword.value for keyword in call.keywords if keyword.arg == "dtype"), None)
    if any(keyword.arg is None for keyword in call.keywords):
        return False
    if dtype is not None:
        return program.name(dtype) in _NAMES
    if name == "torch.DoubleTensor":
        return True
    if name in ("torch.from_numpy", "torch.as_tensor", "torch.asarray", "torch.tensor") and call.args:
        first = call.args[0]
        return _is_numpy(program, first) and is_double(program, first, depth)
    if name in _OF_NUMPY:
        return not any(_says_type(program, argument) for argument in call.args)
    if name in _LIKE_NUMPY and call.args:
        return is_double(program, call.args[0], depth)
    if isinstance(call.func, ast.Attribute):
        method, receiver = call.func.attr, call.func.value
        if method in ("to", "type", "astype"):
            typed = [program.name(argument) for argument in call.args if _says_type(program, argument)]
            return bool(typed) and typed[0] in _NAMES
        return method == "double" or (method in _KEEPING and not name and is_double(program, receiver, depth))
    return False


def _says_type(program: Program, node: ast.expr) -> bool:
    name = program.name(node) or ""
    return name.startswith(("torch.", "numpy.")) or last_name(node) in ("bool", "int", "float", "dtype")


def _is_numpy(program: Program, node: ast.expr) -> bool:
    """Whether an array is made there, of which torch takes the type over; of numbers it does not."""
    if isinstance(node, ast.Name):
        value = _assigned(program, node)
        return value is not None and _is_numpy(program, value)
    return any(
        isinstance(part, ast.Call) and (program.name(part.func) or "").startswith("numpy.")
        for part in syntax.walk(node)
    )


def _assigned(program: Program, name: ast.Name) -> ast.expr | None:
    """What the only assignment gives a name that this reading of it may see, in its function."""
    around: ast.AST | None = name
    while around is not None and not isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
        around = program.parents.get(around)
    bindings = Reaching(around).seen.get(name, frozenset()) if around is not None else frozenset()
    statement = program.parents.get(next(iter(bindings))) if len(bindings) == 1 else None
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name) and len(statement.targets) == 1:
        return statement.value
    return None
