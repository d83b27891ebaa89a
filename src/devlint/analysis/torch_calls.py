"""What torch's functions give back: availability, devices, factories, modules, operations."""

from __future__ import annotations

import ast

from devlint.analysis import failures, lexicon, torch_facts
from devlint.analysis.call import Call, device_of
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.mixtures import meet, meet_module
from devlint.analysis.mixtures import operands as operands_of
from devlint.analysis.names import last_name
from devlint.analysis.operators import known_from
from devlint.analysis.ranks import of_factory, of_function
from devlint.analysis.value import (
    ANYWHERE,
    BOOL,
    NEVER,
    NONE,
    NUMBER,
    UNKNOWN,
    Choice,
    Kind,
    Provenance,
    Value,
    constant,
)
from devlint.finding import Because

#: how the place of what is surely where its module is is known
_THERE = (Provenance.INPUT, Provenance.MODULE)


def call_torch(ev: Evaluator, name: str, call: Call) -> Choice:
    """The result of calling a function or class under ``torch``."""
    if name in torch_facts.AVAILABILITY:
        return _availability(ev, torch_facts.AVAILABILITY[name])
    if name == failures.CURRENT:
        return failures.current(ev, call)
    if name.endswith(".device_count"):
        ev.runs.ask("count")
        count = ev.world.count if name == "torch.cuda.device_count" and ev.has("cuda") else 0
        return constant(count).map(lambda v: v.but(name=name))
    if name.endswith((".current_device", ".current_device_index")):
        return NUMBER
    if name == "torch.device":
        return _device(ev, call)
    if name in torch_facts.LOADERS:
        return _load(ev, call, torch_facts.LOADERS[name])
    if name == "torch.normal" and call.argument("size", 2) is None:
        return _operation(ev, name, call)  # where the mean is, or the deviation, of which one is a tensor
    if name in torch_facts.FACTORIES:
        return _factory(ev, name, call)
    if name == "torch.autograd.Variable":
        data = call.args[0] if call.args else UNKNOWN
        return data.map(_variable)
    if name in torch_facts.MODULE_WRAPPERS:
        module = call.args[0].where(lambda v: v.is_data) if call.args else UNKNOWN
        scatters = name.endswith(".DataParallel") or call.argument("device_ids", 1) is not None
        if scatters and name in torch_facts.PARALLEL:
            module = module.map(lambda v: v.but(name="scattering") if v.kind is Kind.MODULE else v)
        return module or Choice(Value(Kind.MODULE, ev.run))
    if name in ("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.Buffer"):
        owner = ev.frame.owner
        inside = owner is not None and owner in ev.subjects and ev.subjects[owner].module
        moved = inside and not ev.constructing
        place = ev.run if moved else "cpu"
        known = Provenance.MODULE if inside else None
        return Choice(
            Value(Kind.TENSOR, place, name="parameter", attached=True, because=Because.ROLE, provenance=known)
        )
    if name.startswith(("torch.nn.functional.", "torch.linalg.", "torch.fft.", "torch.special.")):
        return _operation(ev, name, call)
    if name.startswith("torch.nn."):
        return _module(ev, name, call)
    if name == "torch.Generator":
        return _generator(call)
    if name == "torch.utils.data.TensorDataset":
        places = {value.place for value in call.operands()}
        return Choice(Value(Kind.BATCH, places.pop() if len(places) == 1 else None, because=Because.ROLE))
    if name == "torch.utils.data.DataLoader":
        return _loader(call)
    if name.startswith("torch.cuda.") and name.endswith("Tensor"):
        return Choice(Value(Kind.TENSOR, "cuda"))
    if name.count(".") == 1:
        return _operation(ev, name, call)
    return UNKNOWN


def _variable(value: Value) -> Value:
    """``Variable(value)``: what is given is a tensor, if it is not a batch of one."""
    if value.kind is Kind.BATCH:
        return value.but(kind=Kind.TENSOR, scalar=False)
    return value if value.is_data else Value(Kind.TENSOR, value.place, because=Because.BELIEF)


def _availability(ev: Evaluator, device: str | None) -> Choice:
    if device is None:
        return BOOL
    if device == "":
        return constant(ev.accelerator is not None)
    return constant(ev.has(device))


def _device(ev: Evaluator, call: Call) -> Choice:
    """``torch.device(...)`` never fails; putting something there may."""
    given = call.device("type", 0) or call.device("device")
    if given is None:
        return ev.selected()
    index = call.argument("index", 1)
    node = call.node_of("type", 0) or call.node_of("device")

    def made(value: Value) -> Value:
        device = device_of(ev, value, node)
        if device is None:
            return Value(Kind.DEVICE)
        indexed = True if index is not None else device.indexed
        number = index.const if index is not None and isinstance(index.const, int) else device.index
        literal = device.literal and device.kind is not Kind.TENSOR
        return Value(
            Kind.DEVICE, device.place, index=number, indexed=indexed, literal=literal, origin=device.origin
        )  # fmt: skip

    return given.map(made)


def _generator(call: Call) -> Choice:
    """A generator of random numbers: on the CPU, unless told otherwise, whatever the default device is."""
    given = call.device("device", 0)
    if call.open:
        return Choice(Value(Kind.GENERATOR))
    if given is None:
        return Choice(Value(Kind.GENERATOR, "cpu", origin=call.node))
    return given.map(lambda v: Value(Kind.GENERATOR, v.place if v.is_device else None, origin=call.node))


def _loader(call: Call) -> Choice:
    """A loader of batches on the CPU, unless its data set is elsewhere, or a function that collates them moves them."""
    data = call.argument("dataset", 0) or UNKNOWN
    elsewhere = "collate_fn" in call.keywords or data.any(lambda v: v.kind is Kind.BATCH)
    return Choice(Value(Kind.LOADER, data.only.place if elsewhere else "cpu"))


def _load(ev: Evaluator, call: Call, position: int) -> Choice:
    """Loading puts tensors on the map location; what was saved is not known."""
    target = call.device("map_location", position)
    for value in target or ():
        if value.is_device:
            ev.put(call.node, value, call.state)
    if target is None or not target.all(lambda v: v.is_device):
        return UNKNOWN
    return target.map(lambda v: Value(Kind.BATCH, v.place, name="archive"))


def _factory(ev: Evaluator, name: str, call: Call) -> Choice:
    """A new tensor: on the CPU, unless told otherwise."""
    if name.endswith("Tensor") and torch_facts.UNTAKEN & call.keywords.keys():
        return NEVER
    data = call.args[0] if call.args else UNKNOWN
    device, node = call.device("device"), call.node_of("device")
    if device is not None and not device.all(lambda v: v.kind is Kind.NONE):
        found = [device_of(ev, value, node) for value in device]
        for value in filter(None, found):
            ev.put(call.node, value, call.state)
        places = {value.place if value is not None else None for value in found}
        place = places.pop() if len(places) == 1 else None
        origin = next((value.origin for value in found if value is not None), None)
        known = Provenance.MOVED if place not in ("cpu", None) and not _follows_unknown(ev, node, call) else None
        scalar = of_factory(name, call)
        return Choice(Value(Kind.TENSOR, place, origin=origin, provenance=known, scalar=scalar))
    if "out" in call.keywords:
        return call.keywords["out"]
    if name in torch_facts.FROM_DATA and name != "torch.tensor" and data.all(lambda v: v.kind is Kind.TENSOR):
        return data
    if call.open or ev.program.sets_default_device or _under_default_device(ev, call):
        return Choice(Value(Kind.TENSOR, origin=call.node))
    scalar, known = of_factory(name, call), Provenance.FACTORY
    return Choice(Value(Kind.TENSOR, "cpu", origin=call.node, provenance=known, scalar=scalar))


def _follows_unknown(ev: Evaluator, device: ast.expr | None, call: Call) -> bool:
    """``device=x.device`` of what nobody knows, and is neither handed over nor named like a model: it is where that
    is."""
    match device:
        case ast.Attribute(value=ast.Name(id=name) as owner, attr="device"):
            function = ev.frame.function
            given = function is None or name in function.given or lexicon.names_namespace(name)
            return (
                not given
                and not lexicon.names_model(name)
                and ev.peek(owner, call.state).all(lambda v: v.kind is Kind.UNKNOWN)
            )
    return False


def _under_default_device(ev: Evaluator, call: Call) -> bool:
    """Whether ``with torch.device(...)``, or a context of a library that does the same, stands around a call."""
    node: ast.AST | None = call.node
    while node is not None:
        if isinstance(node, ast.With) and any(_places_factories(item.context_expr) for item in node.items):
            return True
        node = ev.program.parents.get(node)
    return False


def _places_factories(context: ast.expr) -> bool:
    if isinstance(context, ast.Call):
        return last_name(context.func) in torch_facts.DEFAULT_DEVICE_CONTEXTS and not (
            isinstance(context.func, ast.Attribute) and last_name(context.func.value) in ("cuda", "xpu", "npu")
        )
    return lexicon.names_device(last_name(context) or "")


def _module(ev: Evaluator, name: str, call: Call) -> Choice:
    last = name.rpartition(".")[2]
    if name.startswith("torch.nn.utils."):
        return _module_utility(ev, last, call)
    if not last[:1].isupper():
        return UNKNOWN
    given = call.device("device")
    if given is None:
        follows = ev.program.sets_default_device or _under_default_device(ev, call)
        known = None if follows else Provenance.BUILT
        return Choice(Value(Kind.MODULE, "cpu", name=last, provenance=known, origin=call.node))
    device = device_of(ev, given.only, call.node_of("device"))
    return Choice(Value(Kind.MODULE, device.place if device is not None else None, name=last))


def _module_utility(ev: Evaluator, last: str, call: Call) -> Choice:
    if not call.args:
        return UNKNOWN
    if last in ("clip_grad_norm_", "clip_grad_norm", "get_total_norm"):  # the norm is where the gradients are
        parts = call.args[0].flat_map(lambda v: v.element(None) or Choice())
        place = parts.only.place if parts.only.is_data else ev.run
        return Choice(Value(Kind.TENSOR, place, because=Because.ROLE))
    if "norm" in last and not last.startswith("clip"):
        return call.args[0].where(lambda v: v.kind is Kind.MODULE) or UNKNOWN
    if last == "pad_packed_sequence":  # docs: the lengths come back on the CPU
        lengths = Choice(Value(Kind.TENSOR, "cpu"))
        packed = Choice(Value(Kind.TENSOR, call.args[0].only.place))
        return Choice(Value(Kind.TUPLE, elements=((0, packed), (1, lengths))))
    if last == "pack_padded_sequence":
        return call.args[0].map(lambda v: v.but(kind=Kind.MOVABLE) if v.is_data else v)
    if last == "pad_sequence":
        return call.args[0].flat_map(lambda v: v.element(None) or UNKNOWN)
    return UNKNOWN


def _operation(ev: Evaluator, name: str, call: Call) -> Choice:
    """A function over tensors: its result lives where its operands live."""
    last = name.rpartition(".")[2]
    if name in torch_facts.NOT_A_TENSOR:
        return Choice(Value(Kind(torch_facts.NOT_A_TENSOR[name])))
    if name == "torch.save":
        return NONE
    if last[:1].isupper():
        return UNKNOWN
    if (given := call.device("device")) is not None:
        device = device_of(ev, given.only, call.node_of("device"))
        return Choice(Value(Kind.TENSOR, device.place if device is not None else None))
    if last not in torch_facts.APART:
        meet(ev, call.node, operands_of(call), call.state)
    operands = [value for value in call.operands() if value.kind is not Kind.MODULE]
    if not operands:
        return Choice(Value(Kind.TENSOR))
    places = {value.place for value in operands}
    if ANYWHERE in places and len(places) > 1:
        places.discard(ANYWHERE)
    place = places.pop() if len(places) == 1 else None
    unknown = any(choice.any(lambda v: v.kind is Kind.UNKNOWN) for choice in call.args)
    if place == "cpu" and unknown:
        place = None
    if place is None and last not in torch_facts.APART and any(_is_on_accelerator(ev, one) for one in call.args):
        place = ev.accelerator  # what is elsewhere would have crashed
    known = known_from(operands, place)
    attached = any(value.attached for value in operands)
    scalar = of_function(last, call, operands)
    made = Choice(known.but(place=place, attached=attached, scalar=scalar))
    return Choice(Value(Kind.LIST, elements=((None, made),))) if last in torch_facts.SEVERAL else made


def _is_on_accelerator(ev: Evaluator, operand: Choice) -> bool:
    """Whether an operand is where its module is, for certain."""
    return operand.all(lambda v: v.kind is Kind.TENSOR and v.provenance in _THERE and ev.is_accelerator(v.place))


def run_module(ev: Evaluator, module: Value, call: Call) -> Choice:
    """Calling a module that is not looked into: tensors come out where it lives."""
    meet_module(ev, module, call)
    if module.name == "CTCLoss":  # its inputs decide
        return Choice(Value(Kind.TENSOR, call.args[0].only.place if call.args else None))
    known = Provenance.MODULE if module.place else None
    return Choice(Value(Kind.TENSOR, module.place, attached=True, because=Because.ROLE, provenance=known))
