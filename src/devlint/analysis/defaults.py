"""Defaults: whose they are, and who relies on them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from devlint.analysis import choices, lexicon, syntax
from devlint.analysis.answer import HARDWARE_GUARDS, Guard
from devlint.analysis.callers import Reference, called, leaving_out
from devlint.analysis.definitions import Function, is_availability
from devlint.analysis.program import Program

if TYPE_CHECKING:
    from devlint.analysis.index import Index
    from devlint.analysis.runs import Runs

#: what says that a missing accelerator is thought of, or that the device does not matter
_SILENT = HARDWARE_GUARDS | {Guard.DATA}
#: keywords that take a device, beside those that are named so. docs of torch, transformers, lightning
_TAKING = frozenset(("map_location", "device_map", "accelerator"))


def parameter_of(program: Program, default: ast.expr) -> tuple[Function, str] | None:
    """The function, and its parameter, that something is the default of."""
    spec = program.parents.get(default)
    function = program.by_node.get(program.parents[spec]) if isinstance(spec, ast.arguments) else None
    if function is None:
        return None
    return function, next(parameter.arg for parameter, value in function.defaults.items() if value is default)


def relying(runs: Runs, function: Function, parameter: str) -> list[Reference]:
    """The calls that leave a parameter to its default in one world, past no guard; what a file shows of itself where it
    is run as a program does not count."""
    found = leaving_out(runs, function, parameter)
    calls = dict.fromkeys(reference for reference, visit in found if not visit.guards & _SILENT)
    return [call for call in calls if not _is_shown(call)]


def _is_shown(call: Reference) -> bool:
    """Whether a call stands below ``if __name__ == "__main__":``."""
    return any(node in call.program.started for node in syntax.above(call.program.parents, call.node))


def is_taken_as_it_is(function: Function, parameter: str) -> bool:
    """Whether a function does something with a parameter, and neither it nor its class asks which hardware there is."""
    beside = function.owner.methods.values() if function.owner is not None else (function,)
    return choices.reads(function, parameter) and not any(other.asks for other in beside)


def is_device(default: ast.expr, function: Function, parameter: str) -> bool:
    """Whether a default is a device: text is one by the name of its parameter, or as that goes into what takes one, by
    way of an attribute of the class around too."""
    if not isinstance(default, ast.Constant) or lexicon.names_device(parameter):
        return True
    parents = function.program.parents
    read = [node for node in function.nodes if isinstance(node, ast.Name) and node.id == parameter]
    kept = {target.attr for node in read for target in _kept(parents[node])} if function.owner is not None else set()
    siblings = function.owner.methods.values() if function.owner is not None else ()
    stored = (node for other in siblings for node in other.nodes if isinstance(node, ast.Attribute))
    readings = (*read, *(node for node in stored if node.attr in kept))
    return any(_takes_device(function.program, node) for node in readings)


def _kept(statement: ast.AST) -> list[ast.Attribute]:
    """The attributes that an assignment keeps its value in."""
    targets = statement.targets if isinstance(statement, ast.Assign) else ()
    return [target for target in targets if isinstance(target, ast.Attribute)]


def _takes_device(program: Program, node: ast.expr) -> bool:
    """Whether an expression is the device that something is put on."""
    match program.parents.get(node):
        case ast.keyword(arg=str(name)):
            return name in _TAKING or lexicon.names_device(name)
        case ast.Call(func=ast.Attribute(attr="to" | "cuda"), args=[first, *_]) if first is node:
            return True
        case ast.Call(func=called, args=[_, second]) if program.name(called) == "torch.load":
            return second is node
        case ast.Call(func=called):
            return program.name(called) == "torch.device"
    return False


def is_offered(index: Index, function: Function) -> bool:
    """Whether a package hands a function or class on to others, and does not call it itself."""
    subject = function.owner.name if function.owner is not None else function.name
    if function.outer is not None or (function.owner is not None and function.name != "__init__"):
        return False
    *folders, file = function.program.from_root.split("/")
    module = folders[-1] if file == "__init__.py" and folders else file.removesuffix(".py")
    handed = any(
        importer.from_root.endswith("__init__.py") and any(alias.name == subject for alias in statement.names)
        for importer, statement in index.imports(module)
    )
    return handed and not called(index, function, subject)


def asks(program: Program) -> bool:
    """Whether a file asks anywhere which hardware there is."""
    return any(isinstance(node, ast.Call) and is_availability(program, node) for node in syntax.walk(program.tree))
