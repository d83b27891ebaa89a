"""What one file shows of a way without CUDA: whether it asks what the machine has, and what its user may choose."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import takewhile

from devlint.analysis import lexicon, syntax, torch_facts
from devlint.analysis.names import last_name
from devlint.analysis.program import Program

_SWITCHES = frozenset(("store_true", "store_false", "bool"))
#: last names of functions that end the process
#: last names of calls that put something where they are told
_PLACING = torch_facts.PLACING | {"device"}
_EXITS = frozenset(("exit", "quit", "_exit"))


def goes_on(program: Program) -> bool:
    """Whether a file somewhere goes on where there is no CUDA, or asks whether a tensor is there."""
    return any(_goes_on(program, node) for node in program.parents)


def goes_on_unasked(program: Program) -> bool:
    """As ``goes_on``, whatever its callers ask for."""
    return any(_goes_on_unasked(program, node) for node in program.parents)


def hands_choice(program: Program, name: str) -> bool:
    """Whether what a file binds to a name on the module level is a choice: it is called a device, or finds out what the
    machine has."""
    functions = (one.node for one in program.functions if one.name == name and one.owner is None and one.outer is None)
    assigned = (one for one in program.bindings.get(name, ()) if isinstance(one, (ast.Assign, ast.AnnAssign)))
    nodes = (node for found in (*functions, *assigned) for node in syntax.walk(found))
    return lexicon.names_device(name) or any(_goes_on_unasked(program, node) for node in nodes)


def reads_device(program: Program) -> bool:
    """Whether a file asks an object which device it is on: ``trainer.device``."""
    attributes = (node for node in program.parents if isinstance(node, ast.Attribute))
    read = (one for one in attributes if isinstance(one.ctx, ast.Load) and lexicon.names_device(one.attr))
    return any(program.name(one) != "torch.device" for one in read)


def options(program: Program) -> frozenset[str]:
    """The attributes that become of options which let the user choose the CPU: a device, or a switch. Which GPUs to
    use is no such choice."""
    return frozenset(name for node in program.parents for name in _options(node))


def starts_with_cuda(program: Program) -> bool:
    """Whether a file, when it is started, lets control go on only where there is a GPU."""
    return any(refuses(program, statement) for statement in _entered(program))


def demands_cuda(program: Program) -> bool:
    """Whether a file, when it is started, puts something on a GPU on the way that control takes first."""
    return any(map(_puts_on_cuda, _within(_entered(program))))


def names_read(program: Program) -> frozenset[str]:
    """The attributes that a file reads for their values, and whatever it says as text."""
    return frozenset(name for node in program.parents for name in _names_read(program, node))


def _entered(program: Program) -> Iterator[ast.stmt]:
    """The statements that control comes to when a file is started, unless it leaves before: those of the module level,
    and of the functions that these call."""
    started = [*program.tree.body, *(statement for block in program.started for statement in block.body)]
    yield from started
    plain = (statement for statement in started if isinstance(statement, (ast.Expr, ast.Assign)))
    calls = (node for statement in plain for node in syntax.walk(statement) if isinstance(node, ast.Call))
    called = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    for function in program.functions:
        if function.name in called and function.owner is None and function.outer is None:
            yield from takewhile(_goes_further, function.node.body)


def _goes_further(statement: ast.stmt) -> bool:
    return not isinstance(statement, (ast.Return, ast.Raise))


def _options(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="add_argument"), args=args, keywords=keywords):
            words = {ast.unparse(keyword.value).strip("'") for keyword in keywords if keyword.arg in ("action", "type")}
            for flag in (str(one.value).lstrip("-") for one in args if isinstance(one, ast.Constant)):
                polarity = lexicon.polarity(flag)
                if lexicon.names_device(flag) or polarity < 0 or (polarity > 0 and words & _SWITCHES):
                    yield flag.replace("-", "_")


def _names_read(program: Program, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()):
            around = program.parents[node]
            if not (isinstance(around, ast.Call) and around.func is node):
                yield name
        case ast.Constant(value=str(text)):
            yield text


def _goes_on(program: Program, node: ast.AST) -> bool:
    match node:
        case ast.Call():
            return _asks(program, node) and not _is_demand(program, node)
        case ast.Attribute(attr="is_cuda", ctx=ast.Load()):
            return True
        case ast.Attribute(attr="is_available"):  # who forgets to call it wanted to ask
            around = program.parents[node]
            is_called = isinstance(around, ast.Call) and around.func is node
            return not is_called and program.name(node) in torch_facts.AVAILABILITY
        case ast.If(test=test, body=body) if _is_elsewhere(test) and any(map(_puts_on_cuda, _within(body))):
            return False  # it is moved there unless it is there
        case ast.If(test=test) | ast.IfExp(test=test):
            return _is_choice(test) and any(map(_names_cuda, syntax.walk(node)))
    return False


def _goes_on_unasked(program: Program, node: ast.AST) -> bool:
    """Whether a node shows a way without CUDA that is not the choice of a caller: by a parameter with a default."""
    if not _goes_on(program, node):
        return False
    around = program.unit_at(node)
    if around is None or not isinstance(node, (ast.If, ast.IfExp)):
        return True
    left_out = {parameter.arg for parameter in around.defaults}
    return any(one.id not in left_out for one in ast.walk(node.test) if isinstance(one, ast.Name))


def _asks(program: Program, call: ast.Call) -> bool:
    """Whether a call asks if there is an accelerator."""
    name = program.name(call.func)
    if name in torch_facts.AVAILABILITY:
        return name.endswith(".is_available") and "cudnn" not in name and torch_facts.AVAILABILITY[name] is not None
    return last_name(call.func) == "device_count" or lexicon.availability(last_name(call.func) or "") is not None


def _is_demand(program: Program, call: ast.Call) -> bool:
    """Whether a machine without CUDA is asked for only to be refused, or the GPUs are counted to use all of them."""
    inner: ast.AST = call
    node = program.parents[call]
    while not isinstance(node, ast.stmt):
        if isinstance(node, ast.Compare) and not any(_is_none_of_them(one) for one in (node.left, *node.comparators)):
            return last_name(call.func) == "device_count"
        inner, node = node, program.parents[node]
    if isinstance(node, (ast.If, ast.While)) and inner is node.test:
        return _leaves(node.body[-1])
    return isinstance(node, ast.Assert) or last_name(call.func) == "device_count"


def _is_none_of_them(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _leaves(statement: ast.stmt) -> bool:
    """Whether a statement ends the process, or what asked for it."""
    match statement:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return last_name(func) in _EXITS
    return False


def _is_elsewhere(test: ast.expr) -> bool:
    """Whether a condition asks if a tensor is not on a GPU: ``x.device != torch.device("cuda")``."""
    match test:
        case ast.Compare(left=ast.Attribute(attr="device"), ops=[ast.NotEq()], comparators=[other]):
            return any(map(_names_cuda, syntax.walk(other)))
    return False


def _within(statements: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    return (node for statement in statements for node in syntax.walk(statement))


def _puts_on_cuda(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="cuda")):
            return True
        case ast.Call(func=func, args=args, keywords=keywords) if last_name(func) in _PLACING:
            given = (*args, *(keyword.value for keyword in keywords))
            return any(_names_cuda(node) for value in given for node in syntax.walk(value))
    return False


def _is_choice(test: ast.expr) -> bool:
    """Whether a condition depends on whether an accelerator is asked for."""
    counts = {part for node in syntax.walk(test) if _is_count(node) for part in syntax.walk(node)}
    for node in syntax.walk(test):
        match node:
            case ast.Constant(value="cpu" | "cuda"):
                return True
            case _ if node in counts:
                continue
            case ast.Attribute(value=ast.Name(id="torch")):
                continue  # a module of torch, which asks something else
            case ast.Name(id=name) | ast.Attribute(attr=name) if lexicon.polarity(name):
                return True
    return False


def _is_count(node: ast.AST) -> bool:
    """Whether something asks for more than one: ``num_gpus > 1``."""
    match node:
        case ast.Compare(ops=[ast.Gt()], comparators=[ast.Constant(value=int(least))]):
            return least > 0
        case ast.Compare(ops=[ast.GtE()], comparators=[ast.Constant(value=int(least))]):
            return least > 1
    return False


def _names_cuda(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return text.partition(":")[0] == "cuda"
        case ast.Attribute(attr=name):
            return name == "cuda"
    return False


def refuses(program: Program, statement: ast.stmt) -> bool:
    """Whether a statement does not let control past it where there is no GPU, or none is asked for."""
    match statement:
        case ast.Assert(test=test):
            return _is_presence(program, test)
        case ast.If(test=test, body=[*_, last]):
            return _leaves(last) and _is_absence(program, test)
    return False


def _is_absence(program: Program, test: ast.expr) -> bool:
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_is_absence(program, value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_presence(program, operand)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | 0)]):
            return _is_presence(program, left)
        case ast.Compare(left=left, ops=[ast.Lt()], comparators=[ast.Constant(value=0 | 1)]):
            return _is_presence(program, left)
    return False


def _is_presence(program: Program, node: ast.expr) -> bool:
    """Whether something tells that there is a GPU, or that one is asked for."""
    match node:
        case ast.Call():
            return _asks(program, node)
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[ast.Constant(value=0)]):
            return _is_presence(program, left)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return lexicon.polarity(name) > 0
    return False
