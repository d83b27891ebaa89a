"""How a rule changes the text of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devlint.analysis.answer import Span
from devlint.finding import Edit
from devlint.questions import Questions

if TYPE_CHECKING:
    import libcst as cst


class Edits(Questions):
    """Edits of the text, anchored on nodes of the slice."""

    def replace(self, node: cst.CSTNode | Span, text: str) -> Edit:
        return Edit(self.place(node), text)

    def insert_before(self, node: cst.CSTNode, text: str) -> Edit:
        start = self.span(node).start
        return Edit(self.place(Span(start, start)), text)

    def insert_after(self, node: cst.CSTNode, text: str) -> Edit:
        end = self.span(node).end
        return Edit(self.place(Span(end, end)), text)

    def add_argument(self, call: cst.Call, text: str) -> Edit:
        """Add one argument behind the last one."""
        if not call.args:
            closing = self.span(call).end - 1
            return Edit(self.place(Span(closing, closing)), text)
        return self.insert_after(call.args[-1], ", " + text)

    def remove_argument(self, call: cst.Call, removed: cst.Arg) -> Edit:
        """Take one argument away, with the comma between it and its neighbour."""
        number = next(number for number, argument in enumerate(call.args) if argument is removed)
        span = self.span(removed)
        if number:
            return self.replace(Span(self.span(call.args[number - 1].value).end, self.span(removed.value).end), "")
        behind = self.span(call.args[1]).start if len(call.args) > 1 else span.end
        return self.replace(Span(span.start, behind), "")

    def guard(self, statement: cst.CSTNode, condition: str) -> Edit | None:
        """Put a statement under ``if condition:``; None for one that spans lines or shares its line."""
        start, end = self.span(statement)
        place, text = self.place(statement), self._source.text
        line = self._source.line(place.line)
        indent = line[: place.column - 1]
        if place.line != place.end_line or indent.strip() or line[place.end_column - 1 :].lstrip()[:1] not in ("", "#"):
            return None
        return self.replace(statement, f"if {condition}:\n{indent}{self._source.step}{text[start:end]}")

    def precede(self, statement: cst.CSTNode, *lines: str) -> Edit | None:
        """Put lines of their own before a statement, at its indentation; None for one that shares its line."""
        place = self.place(statement)
        indent = self._source.line(place.line)[: place.column - 1]
        if indent.strip():
            return None
        return self.insert_before(statement, "".join(f"{line}\n{indent}" for line in lines))

    @property
    def step(self) -> str:
        """One step of indentation, as this file writes it."""
        return self._source.step
