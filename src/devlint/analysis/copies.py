"""Where a program copies to the host what a binding holds: such a value lives on an accelerator somewhere else; and
where it makes a tensor of an array, which lives on the host.

Either speaks for every reading of the binding only where it is done whatever happens: not on one side of a condition
that chooses how a value is treated, not in a ``try`` that finds out, not behind a branch that has left with the value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devlint.analysis import syntax, torch_facts
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.names import tensor_tested
from devlint.analysis.reaching import Binding, Reaching

#: bindings that are copied to the host, and the call that does it
Copies = Mapping[Binding, ast.expr]

#: a compound statement or expression, and the number of one of its branches
Side = tuple[ast.AST, int]
#: methods of a tensor that hand it on, changed or not, on its device
_HANDS_ON = torch_facts.TENSOR_METHODS | frozenset(
    (
        "clone squeeze float double half long int view reshape transpose flatten mean sum t abs clamp type to max min "
        "argmax round"
    ).split()
)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def copies(function: Function, owner: ClassNode | None) -> Copies:
    """Bindings of a function that the function copies to the host itself."""
    made = [node for node in function.calls if _is_copy(node)]
    if not made:
        return {}
    reading = _Reading(function, owner, Reaching(function.node))
    found: dict[Binding, ast.expr] = {}
    for copy in made:
        assert isinstance(copy, ast.Call)
        for binding in reading.copied(copy):
            found.setdefault(binding, copy)
    return found


def arrays(function: Function, owner: ClassNode | None) -> frozenset[Binding]:
    """Bindings of a function whose value ``torch.from_numpy`` takes, as it is or computed with."""
    taken = [node for node in function.calls if function.program.name(node.func) == "torch.from_numpy" and node.args]
    if not taken:
        return frozenset()
    reading = _Reading(function, owner, Reaching(function.node))
    named = [(call, name) for call in taken if (name := _computed_with(call.args[0])) is not None]
    return frozenset(
        binding
        for call, name in named
        for binding in reading.reaching.seen.get(name, ())
        if reading.always(call, binding)
    )


def _computed_with(node: ast.expr) -> ast.Name | None:
    """The name that an expression computes with, and with nothing else but constants."""
    match node:
        case ast.Name():
            return node
        case ast.UnaryOp(operand=operand):
            return _computed_with(operand)
        case ast.BinOp(left=operand, right=ast.Constant()) | ast.BinOp(left=ast.Constant(), right=operand):
            return _computed_with(operand)
    return None


def handed_copies(function: Function, owner: ClassNode) -> Copies:
    """Parameters of a method that get a value which a sibling of the same class copies to the host."""
    found: dict[Binding, ast.expr] = {}
    for caller in owner.methods.values():
        calls = [node for node in caller.calls if _called(node, caller, owner) is function]
        made = copies(caller, owner) if calls and caller is not function else {}
        if not made:
            continue
        seen = Reaching(caller.node).seen
        for call in calls:
            assert isinstance(call, ast.Call)
            for parameter, given in function.taking(call):
                bindings = seen.get(given, frozenset()) if isinstance(given, ast.Name) else ()
                for copy in (made[binding] for binding in bindings if binding in made):
                    found.setdefault(parameter, copy)
    return found


def _is_copy(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="cpu"), args=[], keywords=[]):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Reading:
    """One function, read for what it copies."""

    function: Function
    owner: ClassNode | None
    reaching: Reaching

    def copied(self, copy: ast.Call) -> Iterator[Binding]:
        """Bindings whose value ends in a copy: directly, or through names that it is bound to in between."""
        assert isinstance(copy.func, ast.Attribute)
        pending = [(copy.func.value, self._has_tensor_method(copy))]
        done: set[Binding] = set()
        while pending:
            name, is_tensor = self._source(*pending.pop())
            for binding in self.reaching.seen.get(name, frozenset()) - done if name is not None else ():
                done.add(binding)
                if not self.always(copy, binding):
                    continue
                if is_tensor:
                    yield binding
                statement = self.function.program.parents.get(binding)
                if isinstance(statement, ast.Assign) and statement.targets == [binding]:
                    pending.append((statement.value, is_tensor))

    def _source(self, node: ast.expr, is_tensor: bool) -> tuple[ast.Name | None, bool]:
        """The name whose value an expression hands on, and whether anything on the way is for tensors only."""
        while True:
            match node:
                case ast.Name():
                    return node, is_tensor
                case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[first, *_]) if (
                    name not in torch_facts.NOT_OPERANDS
                ):
                    node, is_tensor = first, True
                case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _HANDS_ON:
                    node, is_tensor = value, is_tensor or method in torch_facts.TENSOR_METHODS - {"cpu"}
                case ast.Attribute(value=value, attr="data"):
                    node = value
                case ast.Call() if (back := self._given_back(node)) is not None:
                    node, is_tensor = back[0], is_tensor or back[1]
                case _:
                    return None, is_tensor

    def _given_back(self, call: ast.Call) -> tuple[ast.expr, bool] | None:
        """The argument that a method of the class gives back, and whether it asks if that is a tensor."""
        method = _called(call, self.function, self.owner)
        if method is not None:
            for parameter, given in method.taking(call):
                if _gives_back(method, parameter.arg):
                    return given, _asks(method, parameter.arg)
        return None

    def _has_tensor_method(self, copy: ast.Call) -> bool:
        """Whether the copy becomes an array right away."""
        parent = self.function.program.parents.get(copy)
        return isinstance(parent, ast.Attribute) and parent.attr == "numpy"

    def always(self, copy: ast.Call, binding: Binding) -> bool:
        """Whether control gets to a copy whichever way it takes from a binding of its value."""
        shared = {side for side, _ in self._sides(binding)}
        around = {side for side, _ in self._sides(copy)}
        if not all(_about_value(*side) for side in around - shared):
            return False
        return not any(
            read.lineno < copy.lineno and side not in around and isinstance(body[-1], _LEAVES)
            for read in self.reaching.reads[binding]
            if not isinstance(self.function.program.parents[read], ast.Return)
            for side, body in self._sides(read)
        )

    def _sides(self, node: ast.AST) -> Iterator[tuple[Side, list[ast.AST]]]:
        """The sides of conditions, handlers and cases on which a node stands within its function, and what is there."""
        parents = self.function.program.parents
        while node is not self.function.node:
            parent = parents[node]
            sides: list[list[ast.AST]] = []
            match parent:
                case ast.If(body=body, orelse=orelse):
                    sides = [list(body), list(orelse)]
                case ast.IfExp(body=body, orelse=orelse):
                    sides = [[body], [orelse]]
                case ast.BoolOp(values=[_, *rest]):
                    sides = [list(rest)]
                case ast.Try(body=body, handlers=[_, *_]):
                    sides = [list(body)]
                case ast.ExceptHandler(body=body) | ast.match_case(body=body):
                    sides = [list(body)]
            yield from (((parent, number), side) for number, side in enumerate(sides) if node in side)
            node = parent


def _about_value(branch: ast.AST, side: int) -> bool:
    """Whether a side is only where there is a value, or where it is a tensor."""
    match branch:
        case ast.If(test=ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])):
            return side == 0
        case ast.If(test=test):
            return side == 0 and tensor_tested(test) is not None
    return False


# -- methods of the class


def _called(node: ast.AST, caller: Function, owner: ClassNode | None) -> Function | None:
    """The method of the class that ``self.method(...)`` calls."""
    this = caller.node.args.args[:1]
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if owner and this:
            return owner.methods.get(method) if name == this[0].arg else None
    return None


def _gives_back(method: Function, parameter: str) -> bool:
    """Whether a method returns its parameter, or a slice of it, and never binds it anew."""
    returns = False
    for node in syntax.walk(method.node):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if name == parameter:
                return False
            case ast.Return(value=ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name), slice=ast.Slice())):
                returns |= name == parameter
    return returns


def _asks(method: Function, parameter: str) -> bool:
    tested = map(tensor_tested, syntax.walk(method.node))
    return any(isinstance(subject, ast.Name) and subject.id == parameter for subject in tested)
