"""Modules of a project that hold neither parameters nor buffers, above all losses: moving one asks for no device.

A module finds the parameters and modules that are bound to its attributes; tensors as such it leaves where they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import assignments, lexicon, torch_facts
from devlint.analysis.assignments import Assignment
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.subject import Subject
from devlint.analysis.value import Kind

_DEPTH = 6
#: what makes something of a module in other ways than by binding an attribute
_REGISTERING = torch_facts.REGISTERING | frozenset("setattr Parameter Buffer ParameterList ParameterDict".split())
#: builtin functions that give no module
_PLAIN_CALLS = frozenset("int float bool str len max min sum abs round range list tuple set dict sorted".split())
#: packages, and parts of torch, that know nothing of modules
_PLAIN_PACKAGES = (
    "math.",
    "numpy.",
    "os.",
    "torch.Tensor",
    "torch.tensor",
    "torch.zeros",
    "torch.ones",
    "torch.arange",
)


def is_weightless(subject: Subject, program: Program, made: ast.Call) -> bool:
    """Whether a module that a call in a file makes holds nothing that is moved with it."""
    if made not in program.parents or any(keyword.arg is None for keyword in made.keywords):
        return False
    family = subject.ancestors()
    if not all(map(_is_plain_base, family)):
        return False
    given = _Given(program, made)
    return all(given.holds_nothing(one.node, first=one is subject) for one in family)


def _is_plain_base(subject: Subject) -> bool:
    """Whether a class derives from ``nn.Module`` and from classes of the project alone."""
    bases = [base.only for base in subject.bases]
    return bool(bases) and all(
        (base.kind is Kind.CLASS and base.subject is not None)
        or (base.kind is Kind.LIBRARY and base.name in ("torch.nn.Module", "torch.nn.modules.Module"))
        for base in bases
    )


class _Given:
    """The call that makes a module, and what its class does with what it is given."""

    def __init__(self, program: Program, made: ast.Call) -> None:
        self._program = program
        self._made = made

    def holds_nothing(self, owner: ClassNode, *, first: bool) -> bool:
        """Whether no method of a class before its ``forward`` binds anything but plain values to its attributes. What
        ``__init__`` is given by the call counts for the ``first`` class alone."""
        methods = [method for method in owner.methods.values() if method.name not in ("forward", "__call__")]
        calls = (call for method in methods for call in method.calls)
        if any(last_name(call.func) in _REGISTERING for call in calls):
            return False
        return all(
            self._is_plain(owner.program, value, method if first and method.name == "__init__" else None, _DEPTH)
            for method in methods
            for value in _stored(method)
        )

    def _is_plain(self, program: Program, value: ast.expr, maker: Function | None, depth: int) -> bool:
        """Whether an expression surely gives no module with tensors, and no parameter."""
        if depth <= 0:
            return False
        match value:
            case ast.Constant() | ast.JoinedStr() | ast.Compare() | ast.Lambda():
                return True
            case ast.Attribute(value=inner):
                own = isinstance(inner, ast.Name) and inner.id == "self"
                return own or _is_option(value) or self._is_plain(program, inner, maker, depth - 1)
            case ast.Name():
                return _is_option(value) or self._is_plain_name(program, value, maker, depth - 1)
            case ast.Call():
                return self._is_plain_call(program, value, maker, depth - 1)
            case ast.Subscript(value=part) | ast.UnaryOp(operand=part) | ast.Starred(value=part):
                return self._is_plain(program, part, maker, depth - 1)
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
                pass
            case ast.IfExp(body=body, orelse=orelse):
                parts = [body, orelse]
            case _:
                return False
        return all(self._is_plain(program, part, maker, depth - 1) for part in parts)

    def _is_plain_name(self, program: Program, name: ast.Name, maker: Function | None, depth: int) -> bool:
        found = assignments.of_name(program, name)
        return bool(found) and all(self._is_plain_binding(program, one, maker, depth) for one in found)

    def _is_plain_binding(self, program: Program, one: Assignment, maker: Function | None, depth: int) -> bool:
        if one.given is None:
            return one.value is not None and self._is_plain(program, one.value, maker, depth)
        said = self._said(maker, one.given) if maker is not None else None
        return said is not None and self._is_plain(*said, None, depth)

    def _said(self, maker: Function, parameter: ast.arg) -> tuple[Program, ast.expr] | None:
        """What a parameter of ``__init__`` is given by the call, or by default."""
        spec = maker.node.args
        places = [*spec.posonlyargs, *spec.args][1:]
        named = [keyword.value for keyword in self._made.keywords if keyword.arg == parameter.arg]
        if parameter in places and places.index(parameter) < len(self._made.args):
            named = self._made.args[places.index(parameter) :][:1]
        if any(isinstance(one, ast.Starred) for one in self._made.args):
            return None
        if named:
            return self._program, named[0]
        defaults = dict(zip(reversed(places), reversed(spec.defaults), strict=False))
        defaults |= {one: default for one, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default}
        return (maker.program, defaults[parameter]) if parameter in defaults else None

    def _is_plain_call(self, program: Program, call: ast.Call, maker: Function | None, depth: int) -> bool:
        name = program.name(call.func) or last_name(call.func) or ""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        package, _, last = name.rpartition(".")
        if package.startswith("torch.nn") and last in torch_facts.EMPTY:
            return True
        if package.startswith("torch.nn") and last in torch_facts.EMPTY_UNLESS_WEIGHTED:
            return all(self._is_nothing(program, weight, maker) for weight in weights(call))
        if name in _PLAIN_CALLS or name in ("torch.nn.Sequential", "torch.nn.ModuleList"):
            return all(self._is_plain(program, part, maker, depth) for part in given)
        return name.startswith(_PLAIN_PACKAGES)

    def _is_nothing(self, program: Program, weight: ast.expr, maker: Function | None) -> bool:
        """Whether the weights of a loss are none."""
        if isinstance(weight, ast.Name):
            found = assignments.of_name(program, weight)
            said = [self._said(maker, one.given) for one in found if one.given is not None] if maker is not None else []
            return len(said) == len(found) > 0 and all(one is not None and _is_none(one[1]) for one in said)
        return _is_none(weight)


def _stored(method: Function) -> Iterator[ast.expr]:
    """What a method binds to attributes of its instance; a statement that does it in a way of its own gives itself."""
    for node in method.nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(part, ast.Attribute) for target in targets for part in _parts(target)):
                    yield value
            case ast.AnnAssign(target=ast.Attribute(), value=ast.expr() as value):
                yield value


def _parts(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]


def weights(call: ast.Call) -> Iterator[ast.expr]:
    """The weights that a loss is given; of its other arguments none is a tensor."""
    yield from call.args[:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in (None, "weight", "pos_weight"))


def _is_option(value: ast.expr) -> bool:
    """Whether a path is an option, or a part of some."""
    while isinstance(value, ast.Attribute):
        if lexicon.names_options(value.attr):
            return True
        value = value.value
    return isinstance(value, ast.Name) and lexicon.names_options(value.id)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
