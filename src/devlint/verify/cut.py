"""Blocks, classes and files, cut down to what a statement hangs on."""

from __future__ import annotations

import ast
import copy

from devlint.verify.binding import (
    FUNCTION,
    LEAVING,
    Block,
    blocks,
    bound,
    contains,
    head_bound,
    heads,
    leaves,
    loads,
    root,
    stored,
)  # fmt: skip
from devlint.verify.ending import finishing, neared, reached, rebinding


class Unsliceable(Exception):
    """There is no slice for a place; says why."""


class Cut:
    """Cuts blocks down to what a statement hangs on, which is ``passed`` on the way to a place elsewhere, or is that
    place, if ``alone`` without what else is made of it. ``needed`` are the names that are read before they are bound,
    ``attributes`` those of the instance."""

    def __init__(self, goal: ast.stmt, *, passed: bool = False, alone: bool = False) -> None:
        self._goal, self._passed, self._alone = goal, passed, passed or alone
        self.needed: set[str] = set()
        self.attributes: set[str] = set()

    def block(self, statements: Block) -> Block:
        """What is left of a block, back from its end or from the statement that the slice is for."""
        kept: Block = []
        for number, statement in reversed(list(enumerate(statements))):
            if statement is self._goal:
                after = [] if self._alone else rebinding(statement, statements[number + 1 :])
                kept = self._reached(after)
            elif contains(statement, self._goal):
                kept = self._toward(statement)
            elif found := self.before(statement):
                kept = [found, *kept]
        return kept or [ast.Pass()]

    def _reached(self, after: Block) -> Block:
        """The statement that the slice is for, and what comes after it and binds the same."""
        for statement in reversed((self._goal, *after)):
            self._read(statement)
            if any(blocks(statement)):
                self.needed |= bound(statement)  # where a branch binds nothing, what was bound before is the result
        return [neared(), self._goal] if self._passed else [reached(), *finishing(self._goal, after)]

    def _toward(self, statement: ast.stmt) -> Block:
        made = copy.copy(statement)
        if isinstance(made, ast.Try | ast.TryStar):
            if any(contains(inner, self._goal) for inner in made.body):
                return self.block(made.body)  # what the handlers would make of the failure is another question
            raise Unsliceable("it is where an exception is handled")
        if isinstance(made, ast.Match):
            raise Unsliceable("it is in a `match` statement")
        for field in ("body", "orelse"):
            inner: Block = getattr(made, field, [])
            if any(contains(one, self._goal) for one in inner):
                setattr(made, field, self.block(inner))
                setattr(made, "orelse" if field == "body" else "body", [] if field == "body" else [ast.Pass()])
        for part in heads(statement):
            self._read(part)
        self.needed -= bound(made) & head_bound(made)
        return [made]

    def before(self, statement: ast.stmt) -> ast.stmt | None:
        """A statement that runs before, as far as something hangs on it."""
        if isinstance(statement, (*FUNCTION, ast.ClassDef)):
            if statement.name not in self.needed:
                return None
            self.needed -= {statement.name}
            self._read(statement)
            return statement
        if not any(blocks(statement)):
            if not self._matters(statement):
                return None
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
                self.needed -= bound(statement)
            self._read(statement)
            return statement
        if isinstance(statement, ast.If) and leaves(statement):
            self._read(statement.test)
            made = copy.copy(statement)
            made.body, made.orelse = [copy.copy(statement.body[-1])], []
            self._read(made.body[0])
            return made
        if not any(self._matters(inner) for inner in ast.walk(statement) if isinstance(inner, ast.stmt)):
            return None
        if isinstance(statement, ast.If | ast.For | ast.While | ast.With):
            return self._narrowed(statement)
        self._read(statement)
        return statement

    def _narrowed(self, statement: ast.If | ast.For | ast.While | ast.With) -> ast.stmt:
        """A compound statement with what matters in it. All is needed that was before, since no block of it may run,
        and what a round of a loop needs may come from the one before."""
        made = copy.copy(statement)
        every, found = set[str](), set(self.needed)
        while found != every:
            every = set(found)
            for field in ("body", "orelse"):
                self.needed = set(every)
                setattr(made, field, self._kept(getattr(statement, field, [])))
                found |= self.needed
            if isinstance(statement, ast.If | ast.With):
                break
        made.body = made.body or [ast.Pass()]
        self.needed = found
        for part in heads(statement):
            self._read(part)
        return made

    def _kept(self, side: Block) -> Block:
        """What matters of a block that is run as a whole."""
        kept: Block = []
        for statement in reversed(side):
            if isinstance(statement, LEAVING):
                self._read(statement)
                kept = [statement]
            elif found := self.before(statement):
                kept = [found, *kept]
        return kept

    def _matters(self, statement: ast.stmt) -> bool:
        """Whether a statement binds or changes something that is needed, or begins the instance."""
        if bound(statement) & (self.needed | {"*"}) or stored(statement) & self.attributes or _begins_base(statement):
            return True
        call = statement.value if isinstance(statement, ast.Expr) else None
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and root(call.func) in self.needed

    def _read(self, node: ast.AST) -> None:
        self.needed |= loads(node)
        self.attributes |= _of_instance(node)


def _of_instance(node: ast.AST) -> set[str]:
    """The attributes of the instance that a node handles."""
    return {
        found.attr
        for found in ast.walk(node)
        if isinstance(found, ast.Attribute) and isinstance(found.value, ast.Name) and found.value.id == "self"
    }


def support(body: Block, needed: set[str], until: ast.stmt) -> Block:
    """The statements of a module level that names are made from; ``needed`` grows by what these need, and loses what
    they bind."""
    cut = Cut(until)
    kept: Block = []
    wanted = set(needed)
    for statement in reversed(body):
        if statement is until:
            continue
        cut.needed = wanted
        if found := cut.before(statement):
            kept = [found, *kept]
        wanted = cut.needed
    needed |= wanted
    needed -= {name for statement in kept for name in bound(statement)}
    return kept


def reduced(owner: ast.ClassDef, method: ast.FunctionDef | ast.AsyncFunctionDef, attributes: set[str]) -> ast.ClassDef:
    """A class cut down to a method, the attributes that it reads and what stores these."""
    made = copy.copy(owner)
    made.decorator_list = []
    wanted, body = _closed(owner, method, attributes), list[ast.stmt]([method])
    for statement in owner.body:
        if isinstance(statement, FUNCTION):
            if statement.name == method.name:
                continue
            if statement.name == "__init__":
                body.insert(0, _constructor(statement, wanted))
            elif statement.name in wanted:
                body.append(statement)
        elif bound(statement) & wanted:
            body.insert(0, statement)
    made.body = body
    return made


def _closed(owner: ast.ClassDef, method: ast.FunctionDef | ast.AsyncFunctionDef, attributes: set[str]) -> set[str]:
    """The attributes, and those that the methods among them hang on."""
    methods = {one.name: one for one in owner.body if isinstance(one, FUNCTION) and one.name != "__init__"}
    methods.pop(method.name, None)
    wanted, pending = set(attributes), set(attributes)
    while pending:
        found = set[str]().union(*(_of_instance(methods[name]) for name in pending & methods.keys()))
        pending = found - wanted
        wanted |= found
    return wanted


def _constructor(init: ast.FunctionDef | ast.AsyncFunctionDef, attributes: set[str]) -> ast.stmt:
    """``__init__`` as far as it stores some attributes."""
    cut = Cut(ast.Pass())
    cut.attributes = set(attributes)
    made = copy.copy(init)
    made.decorator_list, made.returns = [], None
    kept: Block = []
    for statement in reversed(init.body):
        if found := cut.before(statement):
            kept = [found, *kept]
    made.body = kept or [ast.Pass()]
    return made


def _begins_base(statement: ast.stmt) -> bool:
    """Whether a statement calls what a base class does: ``super().__init__()``, ``Base.__init__(self)``."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
