"""Modules that a module keeps in a plain list or dictionary, where it does not find them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from devlint.analysis import syntax, torch_facts
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.names import last_name, path_of
from devlint.analysis.subject import Subject

#: what may hold a name besides a container
_HOLDERS = (ast.Assign, ast.List, ast.Tuple, ast.Dict, ast.Starred, ast.Return)
#: how many classes deep weights are looked for
DEPTH = 3


def keeps_weights(subject: Subject, target: ast.Attribute) -> bool:
    """Whether a plain container that is bound to an attribute holds modules with weights which are made for it, in one
    method, and which nothing else registers or moves."""
    program, owner = subject.node.program, subject.node
    binding = program.parents[target]
    writers = owner.stores.get(target.attr, [])
    if len(writers) != 1 or not isinstance(binding, (ast.Assign, ast.AnnAssign)) or binding.value is None:
        return False
    container = _Container(writers[0], path_of(target) or "")
    made = list(container.parts(binding.value))
    return (
        len(made) != 1  # a single one is hidden there on purpose
        and all(part is not None and container.is_own(part) for part in made)
        and any(has_weights(subject, part, DEPTH) for part in container.calls(made))
        and not any(_hands_on(owner, read) for read in _reads(owner, target.attr))
    )


def has_weights(subject: Subject, made: ast.AST, depth: int) -> bool:
    """Whether what an expression in a class makes has weights: a module of torch that has, a parameter, or a class of
    the file that makes one."""
    program = subject.node.program
    for call in (node for node in syntax.walk(made) if isinstance(node, ast.Call)):
        package, _, last = (program.name(call.func) or "").rpartition(".")
        if package.startswith("torch.nn") and (last.startswith(torch_facts.WEIGHTED) or last == "Parameter"):
            return True
        if depth and isinstance(call.func, ast.Name):
            defined = next((found for found in program.classes.values() if found.name == call.func.id), None)
            for method in defined.methods.values() if defined is not None else ():
                if any(has_weights(subject, statement, depth - 1) for statement in method.node.body):
                    return True
    return False


class _Container:
    """A container of one method, under the names that it has there."""

    def __init__(self, function: Function, path: str) -> None:
        self.function = function
        self.paths = {path}

    def parts(self, value: ast.expr) -> Iterator[ast.expr | None]:
        """What it holds, one for each place where something is put into it; None for what is no such place."""
        match value:
            case ast.List(elts=elts) | ast.Tuple(elts=elts):
                yield from elts
                yield from self._added()
            case ast.ListComp(elt=elt):
                yield from (elt, elt)
                yield from self._added()
            case ast.Dict(values=values):
                yield from values
                yield from self._added()
            case ast.DictComp(value=elt):
                yield from (elt, elt)
            case ast.Name(id=name):
                bound = list(self._bound(name))
                self.paths.add(name)
                known = bound[0] if len(bound) == 1 and not isinstance(bound[0], ast.Name) else None
                yield from self.parts(known) if known is not None else (None,)
            case _:
                yield None

    def _added(self) -> Iterator[ast.expr | None]:
        for node in syntax.walk(self.function.node):
            match node:
                case ast.Call(func=ast.Attribute(value=held, attr="append"), args=[one]) if path_of(held) in self.paths:
                    yield from (one, one) if self._repeats(node) else (one,)
                case (
                    ast.Call(func=ast.Attribute(value=held, attr="extend" | "insert" | "update"))
                    | ast.Assign(targets=[ast.Subscript(value=held)])
                    | ast.AugAssign(target=held)
                    | ast.Starred(value=held)
                ) if path_of(held) in self.paths:
                    yield None
                case ast.Call(func=func, args=args) if last_name(func) not in _LOOKS_AT:
                    yield from (None for given in args if path_of(given) in self.paths)

    def _repeats(self, node: ast.AST) -> bool:
        parents = self.function.program.parents
        while node is not self.function.node:
            node = parents[node]
            if isinstance(node, (ast.For, ast.While)):
                return True
        return False

    def _bound(self, name: str) -> Iterator[ast.expr | None]:
        for node in syntax.walk(self.function.node):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                statement = self.function.program.parents[node]
                yield statement.value if isinstance(statement, ast.Assign) and statement.targets == [node] else None

    def is_own(self, part: ast.expr) -> bool:
        """Whether a part is made for the container: by a call, held by nothing else but a name of the method."""
        if isinstance(part, ast.Call):
            return not isinstance(part.func, ast.Attribute) or path_of(part.func) is not None
        if not isinstance(part, ast.Name):
            return False
        parents = self.function.program.parents
        for node in syntax.walk(self.function.node):
            if isinstance(node, ast.Name) and node.id == part.id and isinstance(node.ctx, ast.Load):
                around = parents[node]
                if isinstance(around, _HOLDERS) and around is not parents[part]:
                    return False
                if isinstance(around, ast.Call) and node in around.args and not self._is_addition(around):
                    if last_name(around.func) not in _LOOKS_AT:
                        return False
        return all(isinstance(value, ast.Call) for value in self._bound(part.id))

    def calls(self, parts: list[ast.expr | None]) -> Iterator[ast.expr]:
        """The expressions that make some parts."""
        for part in parts:
            if isinstance(part, ast.Name):
                yield from filter(None, self._bound(part.id))
            elif part is not None:
                yield part

    def _is_addition(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and path_of(call.func.value) in self.paths


#: functions that look at a module and keep nothing of it
_LOOKS_AT = frozenset("len print isinstance type xavier_uniform_ xavier_normal_ kaiming_normal_ constant_".split())


def _reads(owner: ClassNode, attribute: str) -> Iterator[ast.Attribute]:
    for method in owner.methods.values():
        for node in syntax.walk(method.node):
            if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Load):
                yield node


def _hands_on(owner: ClassNode, read: ast.Attribute) -> bool:
    """Whether somebody else gets a container to keep or to move: it is registered under another name, or its parts are
    moved one by one."""
    parents = owner.program.parents
    around = parents[read]
    match around:
        case ast.Starred() | ast.Return() | ast.Assign(targets=[ast.Attribute()]):
            return True
    while not isinstance(around, ast.stmt):
        match around:
            case ast.Call(func=func) if (last_name(func) or "") in torch_facts.CONTAINERS:
                return True
            case ast.Call(func=ast.Attribute(attr=method)) if method in torch_facts.PLACING:
                return True
        around = parents[around]
    if not isinstance(around, (ast.For, ast.AsyncFor)):
        return False
    return any(_moves(node, around.target) for node in syntax.walk(around))


def _moves(node: ast.AST, target: ast.expr) -> bool:
    """Whether what a loop goes over is moved."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in torch_facts.PLACING:
            return _is_target(target, name)
    return False


def _is_target(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in syntax.walk(target))
