"""What a file defines: functions and classes, each with where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
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

    @cached_property
    def nodes(self) -> frozenset[ast.AST]:
        """Everything that is written in it."""
        return frozenset(syntax.walk(self.node))

    @cached_property
    def asks(self) -> bool:
        """Whether it asks for some hardware: ``torch.cuda.is_available()``, ``has_mps()``."""
        calls = (node.func for node in syntax.walk(self.node) if isinstance(node, ast.Call))
        return any(
            self.program.name(called) in torch_facts.AVAILABILITY
            or lexicon.availability(last_name(called) or "") is not None
            for called in calls
        )

    def decorated(self, *names: str) -> bool:
        return any(last_name(decorator) in names for decorator in self.node.decorator_list)


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
