"""A rule that was found: its folder, read no further than somebody asks."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devlint.error import DevlintError
from devlint.finding import Finding
from devlint.rule import Context, Rule

if TYPE_CHECKING:
    import libcst as cst

    Check = Callable[[cst.CSTNode, Context], Iterator[Finding]]

_EXAMPLE = "def check(node: cst.Call, context: Context) -> Iterator[Finding]:"


@dataclass(frozen=True, eq=False)
class LoadedRule:
    """One rule of one pack. ``module`` is the import name of its folder."""

    name: str
    rule: Rule
    folder: Path
    pack: str
    module: str

    @property
    def code(self) -> str:
        return self.rule.code

    @cached_property
    def engine(self) -> bool:
        """Whether the engine itself reports this: there is nothing to check and nothing to import."""
        return not (self.folder / "rule.py").exists()

    @cached_property
    def fixable(self) -> bool:
        """Whether the rule can repair what it finds: it shows so in an example."""
        return (self.folder / "examples" / "fixed.py").exists()

    @cached_property
    def readme(self) -> str:
        """The rule's page. Raises DevlintError when there is none."""
        try:
            return (self.folder / "README.md").read_text(encoding="utf-8")
        except OSError as error:
            raise DevlintError(f"{self.folder}: the rule has no README.md") from error

    @cached_property
    def summary(self) -> str:
        """The first line of the rule's page."""
        return self.readme.partition("\n")[0].lstrip("# ").rstrip()

    @cached_property
    def check(self) -> Check:
        """The function that judges a node. Raises DevlintError when ``rule.py`` lacks it."""
        check = getattr(import_module(f"{self.module}.rule"), "check", None)
        if not inspect.isfunction(check):
            raise DevlintError(f"{self._file}:1: no function `check`", f"write `{_EXAMPLE}`")
        return typing.cast("Check", check)

    @cached_property
    def nodes(self) -> tuple[type[cst.CSTNode], ...]:
        """The classes of nodes that the check is given, as the annotation of its first parameter says.

        Raises DevlintError when that annotation does not name classes of nodes.
        """
        import libcst as cst  # dear: not before a file needs the rule

        function = inspect.unwrap(self.check)
        where = f"{self._file}:{function.__code__.co_firstlineno}"
        annotations = list(function.__annotations__.items())
        first = function.__code__.co_varnames[:1]
        if not annotations or (annotations[0][0],) != first:
            raise DevlintError(f"{where}: `check` does not say which nodes it is given", f"write `{_EXAMPLE}`")
        classes = _classes(annotations[0][1], function.__globals__, where)
        if not all(isinstance(node, type) and issubclass(node, cst.CSTNode) for node in classes):
            raise DevlintError(f"{where}: `{annotations[0][1]}` is not a class of nodes", f"write `{_EXAMPLE}`")
        return classes

    @property
    def _file(self) -> Path:
        return self.folder / "rule.py"


def _classes(annotation: Any, names: dict[str, Any], where: str) -> tuple[Any, ...]:
    """What an annotation stands for, which is text under ``from __future__ import annotations``."""
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, names)
        except (NameError, AttributeError, SyntaxError, TypeError) as error:
            raise DevlintError(f"{where}: the annotation `{annotation}` is not understood: {error}") from error
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return typing.get_args(annotation)
    return (annotation,)
