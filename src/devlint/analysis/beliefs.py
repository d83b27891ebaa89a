"""What a function, and the class around it, say of the values that they handle.

Nobody asks whether something is a tensor that is never one, and nobody copies to the host what always is there. A
belief is about a *binding*: a parameter, or one assignment to a name. What is said of it in one place holds in every
other that sees the same binding.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from devlint.analysis import syntax, torch_facts
from devlint.analysis.copies import Copies, copies, handed_copies
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.names import path_of, tensor_tested


@dataclass(frozen=True, slots=True)
class Beliefs:
    """``tensors`` are paths that are treated as tensors, ``tested`` those that are asked whether they are one;
    ``copies`` are bindings whose value is copied to the host somewhere, and where."""

    tensors: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    copies: Copies = field(default_factory=dict)


def of(function: Function, owner: ClassNode | None) -> Beliefs:
    """What a function believes; of a method also what the class around it does."""
    known: dict[Function, Beliefs] = function.program.beliefs
    found = known.get(function)
    if found is None:
        copied = dict(copies(function, owner))
        if owner is not None:
            copied |= handed_copies(function, owner)
        found = known[function] = Beliefs(_treated(function), _tested(function), copied)
    return found


def _treated(function: Function) -> frozenset[str]:
    """Paths that a function itself treats as tensors: it calls methods on them that only tensors have, or hands them
    to tensor functions, and nowhere treats them as a module or a container."""
    tensors: set[str] = set()
    others: set[str] = {"self"}
    for node in _calls(function):
        others.add(path_of(node.func) or "")
        if not isinstance(node.func, ast.Attribute):
            continue
        receiver, method = path_of(node.func.value), node.func.attr
        if method in torch_facts.NOT_TENSOR_METHODS:
            others.add(receiver or "")
        elif method in torch_facts.TENSOR_METHODS and receiver:
            tensors.add(receiver)
        elif receiver in ("torch", "F", "torch.nn.functional") and method not in torch_facts.NOT_OPERANDS and node.args:
            tensors.add(path_of(node.args[0]) or "")
    libraries = ("torch", "F", "np", "numpy", "tf", "nn", "dist")
    return frozenset(path for path in tensors - others if path and path.partition(".")[0] not in libraries)


def _tested(function: Function) -> frozenset[str]:
    subjects = filter(None, map(tensor_tested, _calls(function)))
    return frozenset(path for subject in subjects if (path := path_of(subject)))


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in syntax.walk(function.node) if isinstance(node, ast.Call))
