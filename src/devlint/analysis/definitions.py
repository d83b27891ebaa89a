"""What a file defines: functions and classes, each with where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from devlint.analysis import lexicon, syntax, torch_facts
from devlint.analysis.names import last_name

if TYPE_CHECKING:
    from devlint.analysis.program import Program

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ImportNode = ast.Import | ast.ImportFrom


@dataclass(eq=False)
class Function:
    """A function or method of a file. ``owner`` is the class it is a method of, ``outer`` the function around it."""

    node: FunctionNode
    qualname: str
    program: Program
    owner: ClassNode | None = None
    outer: Function | None = None
    lines: range = range(0)
    #: whether the body yields, and whether it raises anything itself
    generator: bool = False
    raises: bool = False

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def constructs(self) -> bool:
        """Whether it runs before anybody moves the module it belongs to: a constructor, or what only those call."""
        return self.name in torch_facts.CONSTRUCTORS or self._serves_constructors

    @cached_property
    def _serves_constructors(self) -> bool:
        pending, seen = [self], {self}
        while pending:
            method = pending.pop()
            callers = self.program.references.get("." + method.name, set()) - {method}
            if self.owner is None or not method.name.startswith("_") or not callers:
                return False
            for caller in callers:
                if caller is None or caller.owner is not self.owner:
                    return False
                if caller.name not in torch_facts.CONSTRUCTORS and caller not in seen:
                    seen.add(caller)
                    pending.append(caller)
        return True

    @cached_property
    def nodes(self) -> frozenset[ast.AST]:
        """Everything that is written in it."""
        return frozenset(syntax.walk(self.node))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """The calls that are written in it, the outer ones first."""
        return tuple(node for node in syntax.walk(self.node) if isinstance(node, ast.Call))

    @cached_property
    def given(self) -> frozenset[str]:
        """Its parameters that its body never binds anew."""
        spec = self.node.args
        names = {parameter.arg for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
        walked = syntax.walk(self.node)
        return frozenset(
            names - {one.id for one in walked if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        )

    @cached_property
    def asks(self) -> bool:
        """Whether it asks for some hardware (``torch.cuda.is_available()``, ``has_mps()``), and not only where it was
        given no device."""
        return any(is_availability(self.program, call) and not self._is_default(call) for call in self.calls)

    def _is_default(self, node: ast.AST) -> bool:
        """Whether something is only looked at where something else is missing: ``device or ...``, ``if not device:``,
        ``if device is None:``."""
        parents = self.program.parents
        while node is not self.node:
            inner, node = node, parents[node]
            match node:
                case ast.BoolOp(op=ast.Or(), values=[first, *_]) if inner is not first:
                    return True
                case ast.If(test=test, orelse=orelse) if inner is not test:
                    if _is_absence(test) is (inner not in orelse):
                        return True
                case ast.IfExp(test=test, orelse=orelse) if inner is not test:
                    if _is_absence(test) is (inner is not orelse):
                        return True
        return False

    def taking(self, call: ast.Call) -> Iterator[tuple[ast.arg, ast.expr]]:
        """Its parameters with what a call gives them, as far as it is written down."""
        spec = self.node.args
        parameters = [*spec.posonlyargs, *spec.args]
        if self.owner is not None and not self.decorated("staticmethod"):
            del parameters[:1]
        yield from zip(parameters, takewhile(lambda one: not isinstance(one, ast.Starred), call.args), strict=False)
        named = {parameter.arg: parameter for parameter in (*parameters, *spec.kwonlyargs)}
        for keyword in call.keywords:
            if keyword.arg in named:
                yield named[keyword.arg], keyword.value

    def said(self, parameter: ast.arg, call: ast.Call) -> ast.expr | None:
        """What a call gives for a parameter, or its default; None where it may be hidden behind a star."""
        if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
            return None
        return dict(self.taking(call)).get(parameter, self.defaults.get(parameter))

    @cached_property
    def defaults(self) -> dict[ast.arg, ast.expr]:
        """What its parameters hold that a call leaves out."""
        spec = self.node.args
        positional = (*spec.posonlyargs, *spec.args)
        found = dict(zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True))
        named = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        return found | {parameter: default for parameter, default in named if default is not None}

    def decorated(self, *names: str) -> bool:
        return any(last_name(decorator) in names for decorator in self.node.decorator_list)


def is_availability(program: Program, call: ast.Call) -> bool:
    if program.name(call.func) in torch_facts.AVAILABILITY:
        return True
    return lexicon.availability(last_name(call.func) or "") is not None


def _is_absence(test: ast.expr) -> bool | None:
    """Whether a condition holds where something is missing, or (False) where it is there; None: it asks for neither."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Attribute()):
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot() as operator], comparators=[ast.Constant(value=None)]):
            return isinstance(operator, ast.Is)
    return None


@dataclass(eq=False, slots=True)
class ClassNode:
    """A class of the file, with its methods and the attributes that they store on ``self``."""

    node: ast.ClassDef
    qualname: str
    program: Program
    methods: dict[str, Function] = field(default_factory=dict)
    stores: dict[str, list[Function]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.node.name
