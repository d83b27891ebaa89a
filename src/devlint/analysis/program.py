"""The syntax of one file, seen once for all worlds: where nodes stand, what is defined, who refers to what."""

from __future__ import annotations

import ast
import bisect
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devlint.analysis import device_api, lexicon, loops, scope, syntax, torch_facts, twins, wrappers
from devlint.analysis.answer import Span
from devlint.analysis.definitions import ClassNode, Function, FunctionNode, ImportNode
from devlint.analysis.names import canonical, imported_name, last_name, path_of
from devlint.analysis.wording import Wording, wording

if TYPE_CHECKING:
    from devlint.finding import Place
    from devlint.source import Source

#: a tensor that is put where another one is: ``device=x.device``, ``.to(x.device)``; ``.type_as(x)`` may mean its type
_FOLLOWING = re.compile(r"(?:device\s*=\s*|\.to\(\s*)(?!self\.device)[\w.\[\]]+\.device\b")
#: what a file speaks of that may move a module
_MOVING = re.compile(r"(?i)cuda|gpu|dev(?:ice|\b)|rank|accelerat|trainer|lightning|parallel|\b(?:[xnht]pu|mps)\b")
#: what binds names that nobody writes down as such
_BINDING = frozenset("locals vars setattr builtins __builtins__".split())
_HANDLING = re.compile(r"\.cuda\(|\.cpu\(|\.to\(|\bdevice\b")


class Program:
    """One parsed file."""

    def __init__(self, source: Source, tree: ast.Module, from_root: str) -> None:
        self.source = source
        #: the path from the root of the project: what a role may look at, wherever the file is asked for from
        self.from_root = from_root
        self.tree = tree
        self.functions: list[Function] = []
        self.classes: dict[ast.ClassDef, ClassNode] = {}
        self.by_node: dict[ast.AST, Function] = {}
        #: name -> the functions that mention it (None: module level); attributes are kept as ``.name``
        self.references: dict[str, set[Function | None]] = defaultdict(set)
        #: what functions believe of their values, as far as anybody asked
        self.beliefs: dict[Function, Any] = {}
        self._carried: dict[loops.Loop, loops.Carried] = {}
        self.aliases: dict[str, str] = {}
        #: modules of which everything is imported
        self.stars: list[str] = []
        #: module names that functions rebind through ``global``, and those that hold a place for somebody else's value
        self.rebound: set[str] = set(scope.placeholders(self.bindings))
        self._collect(tree.body, None, None, "")

    # -- definitions and references

    def _collect(self, body: list[ast.stmt], owner: ClassNode | None, outer: Function | None, prefix: str) -> None:
        for statement in body:
            if isinstance(statement, FunctionNode):
                self._function(statement, owner, outer, prefix)
            elif isinstance(statement, ast.ClassDef):
                self._class(statement, outer, prefix)
            else:
                self._mentions(statement, outer)
                for block in scope.blocks(statement):
                    self._collect(block, owner, outer, prefix)

    def _function(self, node: FunctionNode, owner: ClassNode | None, outer: Function | None, prefix: str) -> None:
        function = Function(
            node, prefix + node.name, self, owner, outer, range(node.lineno, (node.end_lineno or 0) + 1)
        )
        self.functions.append(function)
        self.by_node[node] = function
        if owner is not None:
            owner.methods[node.name] = function
        for expression in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self._mentions(expression, outer)
        self._collect(node.body, None, function, prefix + node.name + ".")
        if owner is not None and node.args.args:
            for attribute in _stored_attributes(node):
                owner.stores.setdefault(attribute, []).append(function)

    def _class(self, node: ast.ClassDef, outer: Function | None, prefix: str) -> None:
        found = ClassNode(node, prefix + node.name, self)
        self.classes[node] = found
        for expression in (*node.bases, *(k.value for k in node.keywords), *node.decorator_list):
            self._mentions(expression, outer)
        self._collect(node.body, found, outer, prefix + node.name + ".")

    def _mentions(self, node: ast.AST, function: Function | None) -> None:
        """Record the names that a statement's own expressions read, and what it imports."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._imported(node)
            return
        if isinstance(node, ast.Global):
            self.rebound.update(node.names)
        elif isinstance(node, ast.Raise) and function is not None:
            function.raises = True
        pending = [node]
        while pending:
            found = pending.pop()
            if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load):
                self.references[found.id].add(function)
            elif isinstance(found, ast.Attribute) and isinstance(found.ctx, ast.Load):
                self.references["." + found.attr].add(function)
            elif isinstance(found, (ast.Yield, ast.YieldFrom)) and function is not None:
                function.generator = True
            pending.extend(
                child
                for child in syntax.children(found)
                if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
            )

    def _imported(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                root = alias.name.partition(".")[0]
                self.aliases[alias.asname or root] = alias.name if alias.asname else root
            elif alias.name == "*":
                self.stars.append("." * node.level + (node.module or ""))
            else:
                self.aliases[alias.asname or alias.name] = imported_name(node, alias.name)

    def wording(self, condition: ast.expr) -> Wording:
        found = self._wordings.get(condition)
        if found is None:
            found = self._wordings[condition] = wording(condition)
        return found

    @cached_property
    def _wordings(self) -> dict[ast.expr, Wording]:
        return {}

    @cached_property
    def handles_devices(self) -> bool:
        """Whether the file moves anything or speaks of a device."""
        return _HANDLING.search(self.source.text) is not None

    @cached_property
    def started(self) -> tuple[ast.If, ...]:
        """What the file does when it is started: ``if __name__ == "__main__":``."""
        blocks = (node for node in self.tree.body if isinstance(node, ast.If))
        return tuple(
            block
            for block in blocks
            if isinstance(block.test, ast.Compare) and last_name(block.test.left) == "__name__"
        )

    @property
    def is_script(self) -> bool:
        """Whether the file says what to do when it is started."""
        return bool(self.started)

    @cached_property
    def moves_nothing(self) -> bool:
        """Whether nothing in the file could move a module."""
        return _MOVING.search(self.source.text) is None

    @cached_property
    def follows_tensors(self) -> bool:
        """Whether the file somewhere puts a tensor where another one is."""
        return _FOLLOWING.search(self.source.text) is not None

    @cached_property
    def half_fields(self) -> dict[str, ast.expr]:
        """The fields of records of the file that choose half precision unless somebody says otherwise, by name, each
        with where that is written down; none that is also an option of its command line."""
        found: dict[str, ast.expr] = {}
        for field in (statement for owner in self.classes for statement in owner.body):
            match field:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=True) as value):
                    if lexicon.names_half(name) and f"--{name}" not in self.source.text:
                        found[name] = value
        return found

    @cached_property
    def guarded_switches(self) -> frozenset[str]:
        """Switches of half precision that the file somewhere asks for together with the device."""
        return twins.guarded_switches(self.tree)

    @cached_property
    def compiled(self) -> frozenset[str]:
        """The names that it binds to modules which are compiled against torch."""
        return wrappers.compiled(self.tree)

    @cached_property
    def sets_default_device(self) -> bool:
        """Whether the file makes factories follow another device than the CPU."""
        return "set_default_device" in self.source.text or "set_default_tensor_type" in self.source.text

    @cached_property
    def _imported_at_top(self) -> dict[str, str]:
        statements = [node for node in self.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        bound = {alias.asname or alias.name.partition(".")[0] for node in statements for alias in node.names}
        return {alias: target for alias, target in self.aliases.items() if alias in bound}

    @cached_property
    def surely_bound(self) -> frozenset[str]:
        """Names that importing the module binds on every path."""
        return frozenset(scope.surely_bound(self.tree.body))

    @cached_property
    def bindings(self) -> dict[str, list[ast.stmt]]:
        """The statements of the module level that bind each name or change it, themselves or in their blocks."""
        return scope.bindings(self.tree.body)

    def may_bind(self, name: str) -> bool:
        """Whether the file binds a name anywhere, in whichever scope, or may do so without saying it."""
        return bool(self.stars or self.is_reflective or self.references.keys() & _BINDING) or name in self._names_bound

    @cached_property
    def _names_bound(self) -> frozenset[str]:
        return frozenset(name for node in self.parents for name in scope.named_by(node))

    @property
    def is_reflective(self) -> bool:
        """Whether names may be bound by more than the statements that say so."""
        return "exec" in self.references or "globals" in self.references

    @cached_property
    def settings(self) -> frozenset[str]:
        """Names that the module level binds to a literal."""
        return frozenset(
            target.id
            for statement in self.tree.body
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
            for target in statement.targets
            if isinstance(target, ast.Name)
        )

    def is_annotation(self, node: ast.AST) -> bool:
        """Whether an expression stands in an annotation, which nobody evaluates."""
        inner, outer = node, self.parents.get(node)
        while outer is not None and not isinstance(inner, ast.stmt):
            if inner is getattr(outer, "annotation", None) or inner is getattr(outer, "returns", None):
                return True
            inner, outer = outer, self.parents.get(outer)
        return False

    def imports_of(self, module: str) -> Iterator[ImportNode]:
        """Import statements, wherever they stand, that may bring a module of this last name or something of it."""
        for node in self.parents:
            if isinstance(node, ast.Import):
                found = any(alias.name.rpartition(".")[2] == module for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found = (node.module or "").rpartition(".")[2] == module or any(a.name == module for a in node.names)
            else:
                continue
            if found:
                yield node

    def named(self, name: str) -> Iterator[ast.Name | ast.Attribute]:
        """Where the file reads a name, under its own or as what it is imported, or an attribute of that name."""
        names = {name, *(alias for alias, target in self.aliases.items() if target.rpartition(".")[2] == name)}
        for node in self.parents:
            match node:
                case ast.Name(id=found, ctx=ast.Load()) if found in names:
                    yield node
                case ast.Attribute(attr=found, ctx=ast.Load()) if found == name:
                    yield node

    @cached_property
    def set_on_others(self) -> frozenset[str]:
        """Attributes that the file sets on anything but the instance of a method."""
        own = {method.node.args.args[0].arg for method in self.functions if method.owner and method.node.args.args}
        return frozenset(
            node.attr
            for node in self.parents
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if not (isinstance(node.value, ast.Name) and node.value.id in own)
        )

    @cached_property
    def patched(self) -> frozenset[str]:
        """Library names that the file assigns to."""
        stored = (n for n in self.parents if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load))
        return frozenset(filter(None, map(self.name, stored)))

    @cached_property
    def misnames_devices(self) -> bool:
        """Whether the file writes down text that is meant for a device, and that torch refuses."""
        constants = (node.value for node in self.parents if isinstance(node, ast.Constant))
        return any(isinstance(value, str) and device_api.is_refused(value) for value in constants)

    @cached_property
    def conversions(self) -> tuple[ast.Call, ...]:
        """Calls of methods that may give half precision: by name, or by an argument that is no device."""
        return tuple(
            node
            for node in self.parents
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if (node.func.attr == "half" and not node.args) or (node.func.attr in ("to", "type") and _may_cast(node))
        )

    @cached_property
    def listed_devices(self) -> frozenset[str]:
        return frozenset(scope.listed_devices(self.tree))

    @cached_property
    def called(self) -> frozenset[str]:
        return frozenset(scope.called(self.tree))

    @cached_property
    def required(self) -> frozenset[str]:
        """Modules that the file imports at its top level, past no condition and no handler."""
        found: set[str] = set()
        for statement in self.tree.body:
            if isinstance(statement, ast.Import):
                found.update(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom):
                found.update([statement.module] if statement.module else [alias.name for alias in statement.names])
        return frozenset(found)

    # -- units

    @cached_property
    def units(self) -> tuple[Function | None, ...]:
        """The module level (None) and every outermost function and method."""
        return (None, *(function for function in self.functions if function.outer is None))

    def unit_of(self, function: Function | None) -> Function | None:
        """The outermost function around a function."""
        while function is not None and function.outer is not None:
            function = function.outer
        return function

    def defined_at(self, name: Span) -> Function | None:
        """The function whose name stands here."""
        line, text = self.source.place(*name).line, self.source.text[slice(*name)]
        return next((found for found in self.functions if found.node.lineno == line and found.name == text), None)

    def unit_at(self, node: ast.AST) -> Function | None:
        """The unit in which an expression is evaluated: decorators and defaults belong to what is around."""
        return self._units.get(node)

    @cached_property
    def _units(self) -> dict[ast.AST, Function | None]:
        found: dict[ast.AST, Function | None] = {}
        for function in self.functions:
            if function.outer is None:
                for statement in function.node.body:
                    for node in syntax.walk(statement):
                        found[node] = function
        return found

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each node hangs on; every node of the file is in it."""
        found: dict[ast.AST, ast.AST] = {}
        pending: list[ast.AST] = [self.tree]
        while pending:
            node = pending.pop()
            below = syntax.children(node)
            for child in below:
                found[child] = node
            pending += below
        return found

    def carried(self, loop: loops.Loop) -> loops.Carried:
        """What trips through a loop may read of the trips before them."""
        if loop not in self._carried:
            self._carried[loop] = loops.carried(loop)
        return self._carried[loop]

    @cached_property
    def statement_lines(self) -> dict[ast.AST, int]:
        """First line of the innermost statement around each expression."""
        lines: dict[ast.AST, int] = {}
        for statement in syntax.walk(self.tree):
            if isinstance(statement, ast.stmt):
                pending: list[ast.AST] = list(syntax.children(statement))
                while pending:
                    node = pending.pop()
                    if isinstance(node, ast.expr):
                        lines[node] = statement.lineno
                    if not isinstance(node, ast.stmt):
                        pending.extend(syntax.children(node))
        return lines

    # -- positions

    def span(self, node: ast.AST) -> Span:
        """Where a node stands, as code-point offsets."""
        offset = self.source.byte_offset
        return Span(
            offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    @cached_property
    def expressions(self) -> dict[Span, ast.expr]:
        """Every expression by its span; formatted strings, whose parts stand where they do in Python 3.11 and before,
        as a whole."""
        found = (node for node in syntax.walk(self.tree) if isinstance(node, ast.expr))
        return {self.span(node): node for node in found if not isinstance(self.parents.get(node), ast.JoinedStr)}

    def expression(self, place: Place) -> ast.expr | None:
        """The expression at a place, if that is one of this file."""
        if place.path != self.source.path:
            return None
        offset = self.source.offset
        return self.expressions.get(Span(offset(place.line, place.column), offset(place.end_line, place.end_column)))

    def name(self, node: ast.AST) -> str | None:
        """The dotted library name of ``T.cuda.is_available``, read through this file's imports."""
        path = path_of(node)
        if path is None:
            return None
        root, dot, rest = path.partition(".")
        base = self.aliases.get(root) or self.starred(root)
        return canonical(base + dot + rest) if base else None

    def starred(self, name: str) -> str | None:
        """The dotted name that ``from torch import *`` gives a name, if the fact tables know it."""
        names = (f"{module}.{name}" for module in self.stars)
        return next((dotted for dotted in names if torch_facts.is_known(dotted)), None)

    def spelling(self, name: str) -> str | None:
        """How this file writes a dotted library name wherever it likes: through its unconditional imports, the longest
        first; None when it cannot."""
        imported = self._imported_at_top.items()
        found = [(len(target), alias, target) for alias, target in imported if _under(name, target)]
        if not found:
            return None
        _, alias, target = max(found)
        return alias + name[len(target) :]

    def is_imported_before(self, name: str, node: ast.expr) -> bool:
        """Whether a name of the module level is imported when control gets to an expression."""
        imports = (found for found in self.tree.body if isinstance(found, (ast.Import, ast.ImportFrom)))
        return self.unit_at(node) is not None or any(
            (alias.asname or alias.name.partition(".")[0]) == name and found.lineno < node.lineno
            for found in imports
            for alias in found.names
        )

    def scope(self, line: int) -> str:
        """Qualified name of the innermost function around a line, or the empty string."""
        for number in range(bisect.bisect_right(self._starts, line) - 1, -1, -1):
            if line in self._by_line[number].lines:
                return self._by_line[number].qualname
        return ""

    @cached_property
    def _by_line(self) -> list[Function]:
        return sorted(self.functions, key=lambda function: function.lines.start)

    @cached_property
    def _starts(self) -> list[int]:
        return [function.lines.start for function in self._by_line]


def _may_cast(call: ast.Call) -> bool:
    """Whether an argument may be a dtype: no text, and nothing named for a device or for another tensor's type."""
    given = (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in (None, "dtype")))
    return any(not isinstance(one, ast.Constant) and not lexicon.names_device(last_name(one) or "") for one in given)


def _under(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def _stored_attributes(node: FunctionNode) -> set[str]:
    """The attributes of its instance that a method binds, or registers as a buffer or a parameter."""
    this = node.args.args[0].arg
    return {name for found in syntax.walk(node) if (name := _stored(found, this)) is not None}


def _stored(node: ast.AST, this: str) -> str | None:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Store()) if owner == this:
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=owner), attr="register_buffer" | "register_parameter"),
            args=[ast.Constant(value=str(name)), _, *_],
        ) if owner == this:
            return name
    return None
