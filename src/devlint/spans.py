"""Where every node of a libcst tree stands, recorded during one code generation.

libcst's own position providers do the same at five times the price. The spans agree with those of ``ast``, which is
what the analysis is asked by: a parenthesised tuple or generator expression includes its parentheses.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from devlint.analysis.answer import Span


class Recorder(CodegenState):
    """Takes down the code that is generated and, by the identity of each node, where the node's code stands.

    The first character gets the offset ``start``; nodes that reach beyond ``low`` or ``high`` are left out.
    """

    __slots__ = ("_high", "_low", "_offset", "_open", "spans")

    def __init__(self, module: cst.Module, start: int, low: int, high: int) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self._offset, self._low, self._high = start, low, high
        self._open: list[int] = []
        self.spans: dict[int, Span] = {}

    @property
    def code(self) -> str:
        return "".join(self.tokens)

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)
        self._offset += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self._offset += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._open.append(self._offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._open.pop()
        if id(node) not in self.spans:
            self._record(node, start, self._offset)
        kind = node.__class__
        if kind is cst.Tuple or kind is cst.GeneratorExp:
            self._include_parentheses(node)
        elif kind is cst.Call:
            self._lend_parentheses(node)

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Any:
        """Called by nodes around what is their own, without the space and the parentheses that they carry."""
        return _Position(self, node, start_node, end_node)

    def _record(self, node: cst.CSTNode, start: int, end: int) -> None:
        if start >= self._low and end <= self._high:
            self.spans[id(node)] = Span(start, end)

    def _include_parentheses(self, node: Any) -> None:
        if node.lpar:
            left, right = self.spans.get(id(node.lpar[-1])), self.spans.get(id(node.rpar[0]))
            if left and right:
                self._record(node, left.start, right.end)

    def _lend_parentheses(self, call: Any) -> None:
        """The parentheses of a call belong to its only argument as well, when that is a generator expression."""
        if len(call.args) == 1 and isinstance(call.args[0].value, cst.GeneratorExp) and not call.args[0].value.lpar:
            inner, whole = self.spans.get(id(call.whitespace_before_args)), self.spans.get(id(call))
            if inner and whole:
                self._record(call.args[0].value, inner.start - 1, whole.end)


class _Position:
    __slots__ = ("_end_node", "_node", "_recorder", "_start", "_start_node")

    def __init__(
        self, recorder: Recorder, node: cst.CSTNode, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        self._recorder, self._node = recorder, node
        self._start_node, self._end_node = start_node, end_node
        self._start = recorder._offset

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        recorder = self._recorder
        start, end = self._start, recorder._offset
        if self._start_node is not None and id(self._start_node) in recorder.spans:
            start = recorder.spans[id(self._start_node)].start
        if self._end_node is not None:
            # a node that ends with one beyond the limits is beyond them too
            end = recorder.spans[id(self._end_node)].end if id(self._end_node) in recorder.spans else recorder._high + 1
        recorder._record(self._node, start, end)


def realigned(spans: dict[int, Span], code: str, text: str, start: int) -> dict[int, Span] | None:
    """The spans in ``text`` of nodes whose spans in ``code`` are known, both beginning at the offset ``start``.

    Code generation loses some blanks (``f"{x!s  }"``, form feeds); None when anything else differs.
    """
    where = []
    position = 0
    for character in code:
        while position < len(text) and text[position] != character and text[position].isspace():
            position += 1
        if position == len(text) or text[position] != character:
            return None
        where.append(position)
        position += 1
    if text[position:].strip():
        return None
    where.append(position)
    return {
        node: Span(
            start + where[low - start], start + (where[high - start - 1] + 1 if high > low else where[low - start])
        )
        for node, (low, high) in spans.items()
    }
