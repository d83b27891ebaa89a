"""The smallest program that gets to a place: the statement there, and what the names that it reads are made from.

A slice keeps the function around the place (the module level where there is none), of its statements those that the
place hangs on, and of the file what these need. It ends with the statement of the place: what it binds is its result.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devlint.analysis.answer import Span
from devlint.evidence import DECISION, VALUE
from devlint.source import Source

#: names by which a slice speaks to the process that runs it
REACHED, LEFT = "__reached__", "__left__"
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOP = (ast.For, ast.AsyncFor, ast.While)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_BUILTIN = frozenset(vars(builtins)) | {"__file__", "__name__", REACHED, LEFT}
#: statements; with more of them a slice is no longer small
_MOST = 300

Block = list[ast.stmt]


@dataclass(frozen=True, slots=True)
class Slice:
    """``text`` is a program that defines what it needs; ``function`` the name to call in it (None: running the text is
    all), ``owner`` the class that this is a method of; ``inputs`` are the names that nothing in it binds."""

    text: str
    function: str | None
    owner: str | None
    inputs: tuple[str, ...]


class Unsliceable(Exception):
    """There is no slice for a place; says why."""


def slice_at(source: Source, tree: ast.Module, place: Span) -> Slice:
    """The slice of a file that ends with the statement in which a place lies.

    Raises Unsliceable.
    """
    path = _path(source, tree, place)
    goal = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
    if goal is None:
        raise Unsliceable("it is no statement")
    if isinstance(goal, (*_FUNCTION, ast.ClassDef)):
        raise Unsliceable("it is in the head of a definition")
    functions = [node for node in path if isinstance(node, _FUNCTION)]
    function = functions[-1] if functions else None
    if function is not None and any(isinstance(node, ast.AsyncFunctionDef) for node in functions):
        raise Unsliceable("it is in a coroutine")
    owner = _owner(path, function)
    inner = function.body if function is not None else tree.body
    cut = _Cut(goal)
    body = cut.block(inner)
    if function is None:
        return _finished(body, cut.needed, None, None)
    made = copy.copy(function)
    made.body, made.returns = body, None
    made.decorator_list = [one for one in function.decorator_list if _matters(ast.unparse(one))]
    needed = (cut.needed | _defaults(function)) - _parameters(function) | {"torch"}
    if owner is None:
        return _finished([*_support(tree.body, needed, function), made], needed, function.name, None)
    held = _class(owner, made, cut.attributes)
    needed |= _loads(held)
    return _finished([*_support(tree.body, needed, owner), held], needed, function.name, owner.name)


def _matters(decorator: str) -> bool:
    """Whether a decorator has a say in devices or in how a function is called: ``torch.no_grad()``."""
    return decorator.startswith("torch.") or decorator in ("staticmethod", "classmethod")


def _path(source: Source, tree: ast.Module, place: Span) -> list[ast.AST]:
    """The statements and definitions around a place, from the outside in."""
    found: list[ast.AST] = []
    block: Sequence[ast.AST] = tree.body
    while True:
        around = [node for node in block if isinstance(node, ast.stmt) and _holds(source, node, place)]
        if not around:
            return found
        found.append(around[0])
        block = [statement for inner in _blocks(around[0]) for statement in inner]


def _holds(source: Source, node: ast.stmt, place: Span) -> bool:
    end = source.byte_offset(node.end_lineno or 0, node.end_col_offset or 0)
    return source.byte_offset(node.lineno, node.col_offset) <= place.start and place.end <= end


def _owner(path: Sequence[ast.AST], function: ast.AST | None) -> ast.ClassDef | None:
    """The class that a function is a method of."""
    if function is None:
        return None
    index = path.index(function)
    before = path[index - 1] if index else None
    return before if isinstance(before, ast.ClassDef) else None


class _Cut:
    """Cuts blocks down to what a statement hangs on. ``needed`` are the names that are read before they are bound,
    ``attributes`` those of the instance."""

    def __init__(self, goal: ast.stmt) -> None:
        self._goal = goal
        self.needed: set[str] = set()
        self.attributes: set[str] = set()

    def block(self, statements: Block) -> Block:
        """What is left of a block, back from its end or from the statement that the slice is for."""
        kept: Block = []
        for number, statement in reversed(list(enumerate(statements))):
            if statement is self._goal:
                kept = self._reached(_rebinding(statement, statements[number + 1 :]))
            elif _contains(statement, self._goal):
                kept = self._toward(statement)
            elif found := self._before(statement):
                kept = [found, *kept]
        return kept or [ast.Pass()]

    def _reached(self, after: Block) -> Block:
        """The statement that the slice is for, and what comes after it and binds the same."""
        for statement in reversed((self._goal, *after)):
            self._read(statement)
            if any(_blocks(statement)):
                self.needed |= bound(statement)  # where a branch binds nothing, what was bound before is the result
        return [_call(REACHED), *_finishing(self._goal, after)]

    def _toward(self, statement: ast.stmt) -> Block:
        made = copy.copy(statement)
        if isinstance(made, ast.Try | ast.TryStar):
            if any(_contains(inner, self._goal) for inner in made.body):
                return self.block(made.body)  # what the handlers would make of the failure is another question
            raise Unsliceable("it is where an exception is handled")
        if isinstance(made, ast.Match):
            raise Unsliceable("it is in a `match` statement")
        for field in ("body", "orelse"):
            inner: Block = getattr(made, field, [])
            if any(_contains(one, self._goal) for one in inner):
                setattr(made, field, self.block(inner))
                setattr(made, "orelse" if field == "body" else "body", [] if field == "body" else [ast.Pass()])
        for part in _heads(statement):
            self._read(part)
        self.needed -= bound(made) & _head_bound(made)
        return [made]

    def _before(self, statement: ast.stmt) -> ast.stmt | None:
        """A statement that runs before, as far as something hangs on it."""
        if isinstance(statement, (*_FUNCTION, ast.ClassDef)):
            if statement.name not in self.needed:
                return None
            self.needed -= {statement.name}
            self._read(statement)
            return statement
        blocks = list(_blocks(statement))
        if not blocks:
            if not self._matters(statement):
                return None
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
                self.needed -= bound(statement)
            self._read(statement)
            return statement
        if isinstance(statement, ast.If) and _leaves(statement):
            self._read(statement.test)
            made = copy.copy(statement)
            made.body, made.orelse = [copy.copy(statement.body[-1])], []
            self._read(made.body[0])
            return made
        if not any(self._matters(inner) for inner in ast.walk(statement) if isinstance(inner, ast.stmt)):
            return None
        self._read(statement)
        return statement

    def _matters(self, statement: ast.stmt) -> bool:
        """Whether a statement binds or changes something that is needed."""
        if bound(statement) & self.needed or _stored(statement) & self.attributes:
            return True
        call = statement.value if isinstance(statement, ast.Expr) else None
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _root(call.func) in self.needed

    def _read(self, node: ast.AST) -> None:
        self.needed |= _loads(node)
        self.attributes |= {
            found.attr
            for found in ast.walk(node)
            if isinstance(found, ast.Attribute) and isinstance(found.value, ast.Name) and found.value.id == "self"
        }


def _support(body: Block, needed: set[str], until: ast.stmt) -> Block:
    """The statements of a module level that names are made from; ``needed`` grows by what these need, and loses what
    they bind."""
    cut = _Cut(until)
    kept: Block = []
    wanted = set(needed)
    for statement in reversed(body):
        if statement is until:
            continue
        cut.needed = wanted
        if found := cut._before(statement):
            kept = [found, *kept]
        wanted = cut.needed
    needed |= wanted
    needed -= {name for statement in kept for name in bound(statement)}
    return kept


def _class(owner: ast.ClassDef, method: ast.FunctionDef | ast.AsyncFunctionDef, attributes: set[str]) -> ast.ClassDef:
    """A class cut down to a method, the attributes that it reads and what stores these."""
    made = copy.copy(owner)
    made.decorator_list = []
    wanted, body = set(attributes), list[ast.stmt]([method])
    for statement in owner.body:
        if isinstance(statement, _FUNCTION):
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


def _constructor(init: ast.FunctionDef | ast.AsyncFunctionDef, attributes: set[str]) -> ast.stmt:
    """``__init__`` as far as it stores some attributes."""
    cut = _Cut(ast.Pass())
    cut.attributes = set(attributes)
    made = copy.copy(init)
    made.decorator_list, made.returns = [], None
    kept: Block = []
    for statement in reversed(init.body):
        if _is_super(statement):
            kept = [statement, *kept]
        elif found := cut._before(statement):
            kept = [found, *kept]
    made.body = kept or [ast.Pass()]
    return made


def _is_super(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement.value).startswith("super(")


def _finished(body: Block, needed: Iterable[str], function: str | None, owner: str | None) -> Slice:
    module = ast.Module(body, [])
    if sum(isinstance(node, ast.stmt) for node in ast.walk(module)) > _MOST:
        raise Unsliceable(f"it hangs on more than {_MOST} statements")
    known = _BUILTIN.union(*map(bound, body))
    text = ast.unparse(ast.fix_missing_locations(module))
    return Slice(text, function, owner, tuple(sorted(set(needed) - known)))


def _rebinding(goal: ast.stmt, following: Block) -> Block:
    """The statements right after one that bind the same names: a choice is made when the last of them has spoken."""
    found: Block = []
    for statement in following:
        if not isinstance(statement, ast.If | ast.Assign) or _leaving(statement):
            break
        if not (bound(statement) | _paths(statement)) & (bound(goal) | _paths(goal)):
            break
        found.append(statement)
    return found


def _leaving(statement: ast.stmt) -> bool:
    return any(isinstance(node, _LEAVING) for node in ast.walk(statement))


def _finishing(goal: ast.stmt, after: Block) -> Block:
    """The statement that a slice is for and those after it, and the end of the slice, to which it hands what they bind
    or, where a value is thrown away, what it was asked of."""
    if isinstance(goal, ast.If | ast.While):
        return _decided(goal, after)
    value = goal.value if isinstance(goal, ast.Return | ast.Expr) else None
    if value is not None:
        kept: ast.stmt = ast.Assign([ast.Name(VALUE, ast.Store())], value)
        results = [VALUE]
        if isinstance(goal, ast.Expr) and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            results += [ast.unparse(value.func.value)] if _root(value.func) not in (None, "torch") else []
    else:
        kept, results = goal, sorted(bound(goal)) + sorted(_paths(goal))
    return [kept, *after, _end(results)]


def _decided(goal: ast.If | ast.While, after: Block) -> Block:
    """A condition and, where all that hangs on it is what names are bound to, that too."""
    asked = ast.Assign([ast.Name(DECISION, ast.Store())], ast.Call(ast.Name("bool", ast.Load()), [goal.test], []))
    if isinstance(goal, ast.While) or _leaving(goal) or not (names := sorted(bound(goal)) + sorted(_paths(goal))):
        return [asked, _end([DECISION])]
    made = copy.copy(goal)
    made.test = ast.Name(DECISION, ast.Load())
    return [asked, made, *after, _end([DECISION, *names])]


def _end(results: Sequence[str]) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(LEFT, ast.Load()), [], [ast.keyword(arg=None, value=_results(results))]))


def _results(paths: Sequence[str]) -> ast.Dict:
    """``{"x": lambda: x}``: a name may be unbound where a branch was not taken."""
    values = [ast.parse(f"lambda: {path}", mode="eval").body for path in paths]
    return ast.Dict([ast.Constant(path) for path in paths], values)


def _call(name: str) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), [], []))


# -- what a node says


def _blocks(node: ast.AST) -> Iterator[Block]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(node, field, None)
        if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
            yield inner
    for handler in getattr(node, "handlers", ()) or getattr(node, "cases", ()):
        yield handler.body


def _contains(statement: ast.stmt, goal: ast.stmt) -> bool:
    return statement is goal or any(_contains(inner, goal) for block in _blocks(statement) for inner in block)


def _leaves(statement: ast.If) -> bool:
    return isinstance(statement.body[-1], _LEAVING) and not statement.orelse


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    for field in ("test", "iter", "items", "subject", "target"):
        part = getattr(statement, field, None)
        yield from part if isinstance(part, list) else filter(None, (part,))


def _head_bound(statement: ast.stmt) -> set[str]:
    """Names that the head of a compound statement binds: the variable of a loop, what ``with`` gives."""
    parts = [statement.target] if isinstance(statement, ast.For | ast.AsyncFor) else []
    parts += [item.optional_vars for item in getattr(statement, "items", ()) if item.optional_vars is not None]
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def bound(statement: ast.AST) -> set[str]:
    """Names that a statement binds, or changes a part of."""
    if isinstance(statement, (*_FUNCTION, ast.ClassDef)):
        return {statement.name}
    found: set[str] = set()
    for node in _shallow(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            if (root := _root(node)) is not None:
                found.add(root)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, (*_FUNCTION, ast.ClassDef)):
            found.add(node.name)
    return found - {"self"}


def _paths(statement: ast.AST) -> set[str]:
    """Attributes that a statement stores: ``self.device``."""
    return {
        ast.unparse(node)
        for node in _shallow(statement)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }


def _stored(statement: ast.AST) -> set[str]:
    """Attributes of the instance that a statement stores."""
    return {path.removeprefix("self.") for path in _paths(statement) if path.startswith("self.")}


def _shallow(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, without the inside of definitions."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        if found is node or not isinstance(found, (*_FUNCTION, ast.ClassDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(found))


def _loads(node: ast.AST) -> set[str]:
    """Names that a node reads and does not bind for itself."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and _is_read(one)}
    for one in ast.walk(node):
        if isinstance(one, (*_FUNCTION, ast.Lambda)):
            local = {inner.id for inner in _shallow(one) if isinstance(inner, ast.Name) and not _is_read(inner)}
            found -= _parameters(one) | local
        elif isinstance(one, ast.comprehension):
            found -= {name.id for name in ast.walk(one.target) if isinstance(name, ast.Name)}
    return found


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    found = node.args
    every = (*found.posonlyargs, *found.args, *found.kwonlyargs, *filter(None, (found.vararg, found.kwarg)))
    return {argument.arg for argument in every}


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {name for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)) for name in _loads(default)}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
