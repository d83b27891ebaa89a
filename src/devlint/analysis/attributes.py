"""Attributes of modules that their modules know nothing of: neither parameters, nor buffers, nor modules."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from devlint.analysis import lexicon, library_facts, syntax, torch_facts
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.index import Index
from devlint.analysis.names import last_name, path_of
from devlint.analysis.subject import Subject


def is_left_behind(subject: Subject, attribute: str, index: Index) -> bool:
    """Whether moving a module leaves an attribute where it is, as far as the project says: its class and those around
    it register nothing under that name and move nothing themselves, and nobody else sets it."""
    family = [ancestor.node for ancestor in subject.ancestors()]
    family += [owner for owner in index.subclasses(subject.node) if owner not in family]
    return (
        subject.module
        and not any(_is_placed_for(owner) or _registers(owner, attribute) for owner in family)
        and not any(torch_facts.MOVES & owner.methods.keys() for owner in family)
        and not any(attribute in owner.methods for owner in family)
        and not any(attribute in owner.stores for owner in family[1:])
        and attribute not in subject.node.program.set_on_others
        and not index.is_set_on_others(attribute)
    )


def made_by(owner: ClassNode, target: ast.Attribute) -> list[ast.Call]:
    """The tensors that the methods of a module make on a device which its constructor was given and keeps in an
    attribute; none where the constructor moves something itself, and so says where the module stays."""
    writers = owner.stores.get(target.attr, [])
    if [writer.name for writer in writers] != ["__init__"] or not lexicon.names_device(target.attr):
        return []
    given = {argument.arg for argument in (*writers[0].node.args.args[1:], *writers[0].node.args.kwonlyargs)}
    binding = owner.program.parents[target]
    named = {node.id for node in syntax.walk(binding) if isinstance(node, ast.Name)}
    if not given & named or any(map(_is_move, syntax.walk(writers[0].node))):
        return []
    methods = [method for method in owner.methods.values() if not method.constructs]
    calls = (node for method in methods for node in syntax.walk(method.node) if isinstance(node, ast.Call))
    return [call for call in calls if owner.program.name(call.func) in torch_facts.FACTORIES and _on(call, target)]


def _is_move(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("to", "cuda")


def _on(call: ast.Call, target: ast.Attribute) -> bool:
    """Whether a factory is given the device that an attribute holds."""
    devices = [keyword.value for keyword in call.keywords if keyword.arg == "device"]
    return any(path_of(device) == path_of(target) for device in devices)


def first_binding(owner: ClassNode, attribute: str) -> ast.Attribute | None:
    """Where the methods of a class first bind an attribute to anything but ``None``."""
    found = [node for writer in owner.stores.get(attribute, ()) for node in _stores(writer, attribute)]
    parents = owner.program.parents
    telling = [node for node in found if not _is_none(parents[node])]
    return min(telling, key=lambda node: node.lineno, default=None)


def _stores(writer: Function, attribute: str) -> Iterator[ast.Attribute]:
    this = writer.node.args.args[0].arg
    for node in syntax.walk(writer.node):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and path_of(node) == f"{this}.{attribute}"
        ):
            yield node


def _is_none(statement: ast.AST) -> bool:
    match statement:
        case ast.Assign(value=ast.Constant(value=None)) | ast.AnnAssign(value=ast.Constant(value=None) | None):
            return True
    return False


def is_plainly_kept(owner: ClassNode, target: ast.Attribute) -> bool:
    """Whether an attribute is bound once, in ``__init__`` after that of ``nn.Module``, whatever happens: a buffer can
    take its place."""
    writers = owner.stores.get(target.attr, [])
    if [writer.name for writer in writers] != ["__init__"]:
        return False
    begun = [statement.lineno for statement in writers[0].node.body if _begins(statement)]
    return list(_stores(writers[0], target.attr)) == [target] and bool(begun) and begun[0] < target.lineno


def is_read_only_in(owner: ClassNode, attribute: str, operations: Collection[ast.AST], index: Index) -> bool:
    """Whether all that is ever read of an attribute, its shape aside, goes into some operations."""
    parents = owner.program.parents
    for node in owner.program.named(attribute):
        if not isinstance(node, ast.Attribute):
            continue
        around = parents[node]
        if isinstance(around, ast.Attribute) and around.attr in torch_facts.TOLD_ANYWHERE:
            continue
        while around not in operations and not isinstance(around, ast.stmt):
            around = parents[around]
        if around not in operations:
            return False
    return index.is_read_only_by(owner.program, attribute)


def _begins(statement: ast.stmt) -> bool:
    """Whether a statement is ``super().__init__(...)``, or the same of a base."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))):
            return True
    return False


def _is_placed_for(owner: ClassNode) -> bool:
    return any(last_name(base) in library_facts.PLACED_FOR for base in owner.node.bases)


def _registers(owner: ClassNode, attribute: str) -> bool:
    """Whether a class registers something under a name, or under names that nobody can read."""
    return any(
        not (isinstance(name, ast.Constant) and name.value != attribute)
        for function in owner.methods.values()
        for name in _registered(function)
    )


def _registered(function: Function) -> Iterator[ast.expr]:
    """What a method passes as the name of a parameter, a buffer or a module of its instance."""
    for node in syntax.walk(function.node):
        match node:
            case ast.Call(func=ast.Attribute(attr=method), args=[name, *_]) if method in torch_facts.REGISTERING:
                yield name
            case ast.Call(func=ast.Attribute(attr=method), keywords=[*keywords]) if method in torch_facts.REGISTERING:
                yield from (keyword.value for keyword in keywords if keyword.arg == "name")
            case ast.Call(func=ast.Name(id="setattr"), args=[_, name, _]):
                yield name
