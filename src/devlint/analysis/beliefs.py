"""What a function, and the class around it, say of the values that they handle.

Nobody asks whether something is a tensor that is never one, and nobody copies to the host what always is there. A
belief is about a *binding*: a parameter, or one assignment to a name. What is said of it in one place holds in every
other that sees the same binding.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from devlint.analysis import syntax, torch_facts
from devlint.analysis.copies import Copies, arrays, copies, handed_copies
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.names import path_of, tensor_tested
from devlint.analysis.reaching import Binding, Reaching

#: names by which files know modules whose functions look like methods
_LIBRARIES = ("torch", "F", "np", "numpy", "tf", "nn", "dist")


@dataclass(frozen=True, slots=True)
class Beliefs:
    """``tensors`` are paths that are treated as tensors, ``tested`` those that are asked whether they are one;
    ``copies`` are bindings whose value is copied to the host somewhere, and where, ``arrays`` those of arrays. Of names
    that are bound more than once, ``seen`` says which bindings a reading may see, and ``bound`` are those that are
    treated as tensors."""

    tensors: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    copies: Copies = field(default_factory=dict)
    arrays: frozenset[Binding] = frozenset()
    seen: Mapping[ast.Name, frozenset[Binding]] = field(default_factory=dict)
    bound: frozenset[Binding] = frozenset()

    def is_tensor(self, node: ast.expr) -> bool:
        """Whether what an expression reads is treated as a tensor."""
        path = path_of(node)
        bindings = self.seen.get(node) if isinstance(node, ast.Name) else None
        return path in self.tensors and (bindings is None or bindings <= self.bound)

    def binds_tensor(self, target: ast.arg | ast.Name) -> bool:
        """Whether what a name is bound to somewhere is treated as a tensor."""
        name = target.arg if isinstance(target, ast.arg) else target.id
        return name in self.tensors and (target in self.bound or not self.seen)


def of(function: Function, owner: ClassNode | None) -> Beliefs:
    """What a function believes; of a method also what the class around it does."""
    known: dict[Function, Beliefs] = function.program.beliefs
    found = known.get(function)
    if found is None:
        copied = dict(copies(function, owner))
        if owner is not None:
            copied |= handed_copies(function, owner)
        treated = _treated(function)
        tensors = frozenset(path for node in treated if (path := path_of(node)))
        seen = _seen(function, tensors)
        bound = frozenset(binding for node in treated if isinstance(node, ast.Name) for binding in seen.get(node, ()))
        found = known[function] = Beliefs(tensors, _tested(function), copied, arrays(function, owner), seen, bound)
    return found


def _seen(function: Function, names: frozenset[str]) -> Mapping[ast.Name, frozenset[Binding]]:
    """Which bindings the readings of some names may see, where any of these is bound more than once."""
    bound = [name for node in syntax.walk(function.node) if (name := _bound_name(node)) in names]
    return Reaching(function.node).seen if len(bound) > len(set(bound)) else {}


def _treated(function: Function) -> list[ast.expr]:
    """Expressions that a function itself treats as tensors: it calls methods on them that only tensors have, or hands
    them to tensor functions, and nowhere treats such a path as a module or a container."""
    tensors: list[ast.expr] = []
    others: set[str] = {"self"}
    for node in function.calls:
        others.add(path_of(node.func) or "")
        if not isinstance(node.func, ast.Attribute):
            continue
        receiver, method = path_of(node.func.value), node.func.attr
        gets_loss = method == "backward" and node.args  # `accelerator.backward(loss)`
        if method in torch_facts.NOT_TENSOR_METHODS or gets_loss:
            others.add(receiver or "")
        elif method in torch_facts.TENSOR_METHODS:
            tensors.append(node.func.value)
        elif receiver in ("torch", "F", "torch.nn.functional") and method not in torch_facts.NOT_OPERANDS and node.args:
            tensors.append(node.args[0])
    others.add("")
    return [
        node
        for node in tensors
        if (path := path_of(node) or "") not in others and path.partition(".")[0] not in _LIBRARIES
    ]


def _bound_name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return name
    return None


def _tested(function: Function) -> frozenset[str]:
    subjects = filter(None, map(tensor_tested, function.calls))
    return frozenset(path for subject in subjects if (path := path_of(subject)))
