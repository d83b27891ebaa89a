"""Small programs, asked about by the text of an expression in them."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from devlint.analysis.answer import Guard, Placement, Span, Visit
from devlint.analysis.file import FileAnalysis, analyse
from devlint.analysis.project import Project
from devlint.analysis.value import Choice, join
from devlint.source import Source
from devlint.world import World, worlds_of

WORLDS = {world.name: world for world in worlds_of(("cpu", "cuda", "mps"))}


#: what snippets leave open is bound somewhere else
_OUTSIDE = "import builtins\n" + "".join(
    f"builtins.{name} = print\n" for name in "boom build rows install buffers read net rest place".split()
)


class Program:
    """The analysis of a snippet; questions name an expression by its text, the last one that has it."""

    def __init__(self, code: str, project: Project | None = None, path: str = "program.py") -> None:
        self.text = textwrap.dedent(code)
        source = Source.decode(self.text.encode(), path)
        self.analysis: FileAnalysis = analyse(source, ast.parse(self.text), tuple(WORLDS.values()), project)

    def span(self, expression: str) -> Span:
        start = self.text.rindex(expression)
        return Span(start, start + len(expression))

    def visits(self, expression: str, world: str) -> tuple[Visit, ...]:
        span = self.span(expression)
        assert span in self.analysis.program.expressions, f"{expression!r} is no expression"
        return self.analysis.visits(span, self.world(world))

    @staticmethod
    def world(name: str) -> World:
        return WORLDS[name]

    def reached(self, expression: str) -> set[str]:
        """Worlds that reach an expression past no guard of a condition or contract."""
        return {
            name for name in WORLDS if any(not visit.guards - {Guard.DATA} for visit in self.visits(expression, name))
        }

    def guards(self, expression: str, world: str) -> set[Guard]:
        return {guard for visit in self.visits(expression, world) for guard in visit.guards}

    def value(self, expression: str, world: str = "cuda") -> Choice:
        return join(Choice(), *(visit.value for visit in self.visits(expression, world)))

    def places(self, expression: str, world: str = "cuda") -> set[str | None]:
        return {value.place for value in self.value(expression, world)}

    def truth(self, expression: str) -> dict[str, bool | None]:
        return {
            name: found[0].truth
            for name in WORLDS
            if (found := self.visits(expression, name)) and len({visit.truth for visit in found}) == 1
        }

    def placements(self, expression: str) -> tuple[Placement, ...]:
        return self.analysis.placements(self.span(expression))


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Program]:
    """A function that writes files, by path with ``/`` as ``___``, and analyses the one that it is asked for."""

    def write(asked: str, **code: str) -> Program:
        for name, text in code.items():
            path = tmp_path / (name.replace("___", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        (tmp_path / "outside.py").write_text(_OUTSIDE)
        project = Project(tmp_path, lambda: sorted(tmp_path.rglob("*.py")), lambda path: path.name)
        return Program((tmp_path / asked).read_text(encoding="utf-8"), project, asked)

    return write


@pytest.fixture(name="program")
def fixture_program() -> Callable[[str], Program]:
    return Program
