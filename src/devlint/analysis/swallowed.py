"""Keywords that a method takes behind ``**kwargs`` and never looks at, although another class reads them."""

from __future__ import annotations

import ast

from devlint.analysis import choices, syntax
from devlint.analysis.definitions import ClassNode, Function
from devlint.analysis.index import Index
from devlint.analysis.names import last_name, path_of
from devlint.analysis.program import Program


def swallowing(index: Index, program: Program, name: str, keyword: str) -> Function | None:
    """The method of this name that drops a keyword which the same method of another class, of the same base, follows;
    None unless it computes on the CPU for want of being told anything else."""
    here = (function for function in program.functions if function.name == name)
    methods = [method for method in dict.fromkeys((*here, *index.definitions(name))) if method.owner is not None]
    following = [method for method in methods if _follows(method, keyword)]
    for method in methods:
        if _drops(method, keyword) and _runs_on_cpu(method) and any(_related(method, other) for other in following):
            return method
    return None


def _follows(method: Function, keyword: str) -> bool:
    """Whether a method hands on what it does not know, or reads the keyword."""
    rest = method.node.args.kwarg
    if rest is not None and choices.reads(method, rest.arg):
        return True
    return any(parameter.arg == keyword for parameter in choices.parameters(method)) and choices.reads(method, keyword)


def _drops(method: Function, keyword: str) -> bool:
    rest = method.node.args.kwarg
    named = any(parameter.arg == keyword for parameter in choices.parameters(method))
    return rest is not None and not named and not choices.reads(method, rest.arg) and _computes(method)


def _computes(method: Function) -> bool:
    """Whether a method is more than a declaration."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in method.nodes)


def _related(one: Function, other: Function) -> bool:
    """Whether two methods are of different classes that share a base."""
    if one.owner is None or other.owner is None or one.owner is other.owner:
        return False
    return bool(_bases(one.owner) & _bases(other.owner))


def _bases(owner: ClassNode) -> set[str]:
    return {path_of(base) or "" for base in owner.node.bases} - {"object", ""}


def _runs_on_cpu(method: Function) -> bool:
    """Whether the class of a method opens an inference session and names no provider: it runs on the CPU."""
    assert method.owner is not None
    sessions = [
        node
        for node in syntax.walk(method.owner.node)
        if isinstance(node, ast.Call) and last_name(node.func) == "InferenceSession"
    ]
    return bool(sessions) and not any(
        keyword.arg in ("providers", None) for session in sessions for keyword in session.keywords
    )
