"""Where code computes that follows no choice of a device."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from devlint.analysis import lexicon, syntax, torch_facts
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.trace import Trace

#: names that move something, or say where something is
_MOVING = frozenset("to cuda cpu xpu npu mps type_as to_empty pin_memory device get_device".split())
_PLACING = frozenset(("device", "device_map", "device_ids", "map_location", "accelerator", "out"))
#: what a file speaks of that may compute beside the CPU
_ACCELERATORS = re.compile(r"(?i)cuda|gpu|accelerat|trainer|lightning|data_?parallel|\b(?:[xnht]pu|mps)\b")
#: undecided conditions behind which a device that is written down is right
_MEANT = frozenset((Guard.DEVICE, Guard.DISTRIBUTED, Guard.CONTRACT, Guard.EXPORT))


def computed_on(function: Function, ignored: str, trace: Trace) -> str | None:
    """The device type that a function computes on in one world whatever its parameter says: what it writes down, or
    the CPU where it only makes tensors and moves nothing; None where that is not known."""
    written = {put.device.place for put in trace.puts if put.at in function.nodes and not put.guards & _MEANT}
    if written:
        return written.pop() if len(written) == 1 else None
    nodes = trace.visits.keys() & function.nodes
    others = (node for node in function.nodes if not (isinstance(node, ast.Name) and node.id == ignored))
    return "cpu" if not moves(others) and makes_tensors(function.program, nodes) else None


def moves(nodes: Iterable[ast.AST]) -> bool:
    """Whether anything here is moved, or asked where it is."""
    return any(map(_moves, nodes))


def _moves(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in _MOVING or name.startswith("new_") or name.endswith("_like")
        case ast.keyword(arg="map_location", value=ast.Constant(value="cpu")):
            return False
        case ast.keyword(arg=str(name)):
            return name in _PLACING
        case ast.Name(id=name, ctx=ast.Load()):
            return lexicon.names_device(name)
    return False


def makes_tensors(program: Program, nodes: Iterable[ast.AST]) -> bool:
    """Whether anything here makes a tensor of its own, which torch puts on the CPU; what holds data of somebody else's
    is the caller's to move."""
    made = torch_facts.FACTORIES - torch_facts.FROM_DATA - {"torch.from_numpy", "torch.frombuffer"}
    return any(isinstance(node, ast.Call) and program.name(node.func) in made for node in nodes)


def trained_on(program: Program, traces: Iterable[Trace]) -> str | None:
    """The device type that a program trains on in one world whatever it is told; None where that is not known."""
    seen = list(traces)
    nodes = {node for trace in seen for node in trace.visits}
    written = {put.device.place for trace in seen for put in trace.puts if not put.guards & _MEANT}
    if written:
        return written.pop() if len(written) == 1 else None
    return "cpu" if _trains(nodes) and not moves(syntax.walk(program.tree)) else None


def declares_host(program: Program) -> bool:
    """Whether a file writes down that it computes on the CPU, and speaks of nothing else that does."""
    if _ACCELERATORS.search(program.source.text):
        return False
    said = [text for node in program.parents for text in _devices(node)]
    return bool(said) and all(isinstance(text, ast.Constant) and text.value == "cpu" for text in said)


def _devices(node: ast.AST) -> Iterator[ast.expr]:
    """What stands where a device is named."""
    match node:
        case ast.keyword(arg="device", value=device):
            yield device
        case ast.Dict(keys=keys, values=values):
            yield from (value for key, value in zip(keys, values, strict=True) if _is_key(key))
        case ast.Call(func=ast.Attribute(attr="device"), args=[device, *_]):
            yield device
        case ast.Call(func=ast.Attribute(attr="to"), args=[device, *_]):
            yield device


def _is_key(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "device"


def _trains(nodes: Iterable[ast.AST]) -> bool:
    return any(isinstance(node, ast.Call) and last_name(node.func) == "backward" for node in nodes)
