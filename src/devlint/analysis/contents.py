"""Whether what is saved is on the host, by its text: numbers, texts, arrays, and tensors that were moved there."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from devlint.analysis import assignments, lexicon, torch_facts
from devlint.analysis.assignments import Assignment, Step
from devlint.analysis.definitions import Function
from devlint.analysis.index import Index
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

_DEPTH = 10
#: packages that know nothing of accelerators
_PLAIN_PACKAGES = frozenset(
    "numpy json yaml toml tomllib csv random time datetime os sys math pandas scipy h5py".split()
)
#: calls that give nothing from an accelerator, whatever they are given; the state of a generator is on the CPU, CUDA's
#: as well. docs of torch.cuda.get_rng_state
_PLAIN_CALLS = frozenset(
    "int float str bool bytes len repr hash round range abs isinstance hasattr torch.get_rng_state "
    "torch.random.get_rng_state torch.cuda.get_rng_state torch.cuda.get_rng_state_all torch.initial_seed "
    "torch.randperm".split()
)
_PLAIN_METHODS = frozenset("cpu numpy item tolist parse_args format join split strip isoformat keys".split())
#: calls and methods whose result is where what they are given, or called on, is
_PASSING_CALLS = frozenset("list tuple dict set frozenset sorted reversed zip enumerate min max sum vars".split())
_PASSING_METHODS = frozenset("copy items values get pop clone detach half float double contiguous long int".split())


class Contents:
    """Answers about the expressions of a project."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def is_on_host(self, program: Program, node: ast.expr, depth: int = _DEPTH) -> bool:
        """Whether an expression surely gives nothing from an accelerator."""
        if depth <= 0:
            return False
        match node:
            case ast.Constant() | ast.JoinedStr() | ast.Compare():
                return True
            case ast.BinOp(left=ast.Constant(value=str())):
                return True
            case ast.BinOp(left=left, right=right):
                return self._are(program, (left, right), depth)
            case ast.UnaryOp(operand=part) | ast.Starred(value=part) | ast.Subscript(value=part):
                return self.is_on_host(program, part, depth)
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return self._are(program, parts, depth)
            case ast.Dict(values=parts):
                return self._holds_moved_state(program, parts, depth)
            case ast.IfExp(body=body, orelse=orelse):
                return self._are(program, (body, orelse), depth)
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part) | ast.DictComp(value=part):
                return self.is_on_host(program, part, depth)
            case ast.Call():
                return self._is_plain_call(program, node, depth - 1)
            case ast.Name():
                return self._is_plain_name(program, node, depth - 1)
            case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
                found = assignments.of_attribute(program.unit_at(node), attribute)
                return lexicon.names_options(attribute) or self._are_bound(program, found, depth - 1)
            case ast.Attribute(value=value):  # an option, or a part of one
                return lexicon.names_options(last_name(node) or "") or lexicon.names_options(last_name(value) or "")
        return False

    def takes_only_host(self, program: Program, container: ast.expr, depth: int = _DEPTH) -> bool:
        """Whether nothing from an accelerator is put into a container after it was made, as far as its name says."""
        return not isinstance(container, ast.Name) or self._are(program, _put_into(program, container), depth)

    def _are(self, program: Program, nodes: Iterable[ast.expr], depth: int) -> bool:
        return all(self.is_on_host(program, node, depth) for node in nodes)

    def _holds_moved_state(self, program: Program, parts: list[ast.expr], depth: int) -> bool:
        """Whether the parts of a dictionary are on the host. Who moves the state of a module there before saving it
        means the whole file to be: a name or an attribute beside it is believed to hold a count or the like."""
        others = [part for part in parts if not self.is_on_host(program, part, depth)]
        cared = any(_is_state(program, part) for part in parts if part not in others)
        return not others or (cared and all(_may_be_a_count(program, part) for part in others))

    def _is_plain_name(self, program: Program, name: ast.Name, depth: int) -> bool:
        found = assignments.of_name(program, name)
        if any(one.given is not None for one in found) or not found:
            return lexicon.names_options(name.id) and not any(one.value is not None for one in found)
        return self._are_bound(program, found, depth) and self.takes_only_host(program, name, depth)

    def _are_bound(self, program: Program, found: list[Assignment], depth: int) -> bool:
        return bool(found) and all(
            one.value is not None and self._is_plain_part(program, one.value, one.steps, depth) for one in found
        )

    def _is_plain_part(self, program: Program, value: ast.expr, steps: tuple[Step, ...], depth: int) -> bool:
        """Whether what steps lead to in a value is on the host."""
        match value, steps:
            case (ast.Call(func=ast.Name(id="enumerate"), args=[_, *_]), (None, 0)):
                return True
            case (ast.Call(), (int() as number,)):
                returned = self._returned(program, value)
                tuples = [(other, one.elts) for other, one in returned if isinstance(one, ast.Tuple)]
                if tuples and len(tuples) == len(returned) and all(number < len(parts) for _, parts in tuples):
                    return all(self.is_on_host(other, parts[number], depth) for other, parts in tuples)
        return self.is_on_host(program, value, depth)

    def _is_plain_call(self, program: Program, call: ast.Call, depth: int) -> bool:
        name = program.name(call.func) or (call.func.id if isinstance(call.func, ast.Name) else "")
        if name in _PLAIN_CALLS or name.partition(".")[0] in _PLAIN_PACKAGES:
            return True
        given = (*call.args, *(keyword.value for keyword in call.keywords))
        if name in _PASSING_CALLS or name in ("copy.deepcopy", "copy.copy", "collections.OrderedDict"):
            return self._are(program, given, depth)
        if isinstance(call.func, ast.Attribute):
            method, receiver = call.func.attr, call.func.value
            if method in _PLAIN_METHODS or _is_move_to_host(call):
                return True
            if method == "state_dict":
                if isinstance(receiver, ast.Attribute):  # a part of options is no module
                    return _was_moved(program, receiver)
                return _was_moved(program, receiver) or self.is_on_host(program, receiver, depth)
            if method in _PASSING_METHODS:
                return self.is_on_host(program, receiver, depth)
        returned = self._returned(program, call)
        return bool(returned) and all(self.is_on_host(other, value, depth) for other, value in returned)

    def _returned(self, program: Program, call: ast.Call) -> list[tuple[Program, ast.expr]]:
        """What the one function or method of the project that is called so returns; nothing where there are several."""
        name = last_name(call.func)
        if name is None or (program.name(call.func) or "").startswith("torch."):
            return []
        known = {one.node: one for one in (*program.functions, *self._index.definitions(name)) if one.name == name}
        return _returns(next(iter(known.values()))) if len(known) == 1 else []


def _returns(function: Function) -> list[tuple[Program, ast.expr]]:
    return [
        (function.program, node.value)
        for node in function.nodes
        if isinstance(node, ast.Return) and node.value is not None and not function.generator
    ]


def _put_into(program: Program, name: ast.Name) -> list[ast.expr]:
    """What is put into the container that a name holds, by the unit around; if it is made to be filled, and a name of
    the module, by any function. Options, which are read from a file, are believed to stay options."""
    unit = program.unit_at(name)
    if lexicon.names_options(name.id):
        return []
    found: list[ast.expr] = []
    filled = any(one.value is not None and _is_empty(one.value) for one in assignments.of_name(program, name))
    for node in unit.nodes if unit is not None else program.parents:
        if unit is None and not filled and program.unit_at(node) is not None:
            continue
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=target))], value=value) if target == name.id:
                found.append(value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method), args=[*_, value]):
                if target == name.id and method in ("append", "update", "extend", "setdefault", "insert", "add"):
                    found.append(value)
    return [value for value in found if not _is_loaded(program, value)]


def _is_state(program: Program, value: ast.expr) -> bool:
    """Whether a value is the state of a module, by the call or by the name that it is bound to."""
    if isinstance(value, ast.Name):
        found = assignments.of_name(program, value)
        return bool(found) and all(one.value is not None and _is_state_dict(one.value) for one in found)
    return _is_state_dict(value)


def _may_be_a_count(program: Program, part: ast.expr) -> bool:
    return isinstance(part, (ast.Name, ast.Attribute)) and not _is_state(program, part)


def _is_state_dict(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) == "state_dict"


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.Dict(values=parts) | ast.List(elts=parts):
            return not parts
        case ast.Call(func=function, args=[] | [ast.Name()]):
            return last_name(function) in ("dict", "list", "set", "defaultdict", "OrderedDict")
    return False


def _is_loaded(program: Program, value: ast.expr) -> bool:
    """Whether a value comes from a file in turn: it is what was saved before."""
    return isinstance(value, ast.Call) and program.name(value.func) in torch_facts.LOADERS


def _is_move_to_host(call: ast.Call) -> bool:
    """``x.cpu()`` and ``x.to("cpu")``."""
    match call:
        case ast.Call(func=ast.Attribute(attr="cpu"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(attr="to"), args=[ast.Constant(value="cpu"), *_]):
            return True
        case ast.Call(func=ast.Attribute(attr="to"), keywords=[ast.keyword(arg="device", value=ast.Constant("cpu"))]):
            return True
    return False


def _was_moved(program: Program, module: ast.expr) -> bool:
    """Whether the last thing that the function around a module did with its place was to move it to the host."""
    unit = program.unit_at(module)
    same = ast.dump(module)
    moves = [
        node
        for node in (unit.nodes if unit is not None else program.parents)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in torch_facts.PLACING
        if node.lineno < module.lineno and program.unit_at(node) is unit and ast.dump(node.func.value) == same
    ]
    last = max(moves, key=lambda node: node.lineno, default=None)
    return last is not None and _is_move_to_host(last)
