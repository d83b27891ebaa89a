"""Hooks of tensors and modules, and modes that see every operator."""

import torch
from declaration import case
from outcome import told
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

MODULE = "torch/nn/modules/module.py"


@case("{d}:0 float32 [2] [20.0, 20.0] ['{d}:0']", source="torch/csrc/autograd/python_hook.cpp")
def hook_of_a_tensor(d):
    seen = []

    def tenfold(gradient):
        seen.append(str(gradient.device))
        return gradient * 10

    x = torch.ones(2, device=d, requires_grad=True)
    x.register_hook(tenfold)
    (x * 2).sum().backward()
    return f"{told(x.grad)} {seen}"


@case("['{d}:0 [2.0]']", source="torch/csrc/autograd/functions/accumulate_grad.cpp: post_acc_grad_hooks")
def hook_after_accumulation(d):
    seen = []
    x = torch.ones(1, device=d, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda leaf: seen.append(f"{leaf.grad.device} {leaf.grad.tolist()}"))
    (x * 2).backward()
    return str(seen)


@case("before {d}:0 after {d}:0 [3.0]", source=MODULE)
def hooks_of_a_module(d):
    seen = []
    layer = torch.nn.Identity()
    layer.register_forward_pre_hook(lambda module, args: seen.append(f"before {args[0].device}"))

    def after(module, args, result):
        seen.append(f"after {result.device}")
        return result * 3

    layer.register_forward_hook(after)
    return _call(layer, d, seen)


def _call(layer, d, seen):
    result = layer(torch.ones(1, device=d))
    return f"{' '.join(seen)} {result.tolist()}"


@case("['{d}:0', '{d}:0']", source=MODULE)
def hook_of_backward(d):
    seen = []
    layer = torch.nn.Linear(2, 1).to(d)
    layer.register_full_backward_hook(lambda module, into, out: seen.extend(str(one.device) for one in (*into, *out)))
    layer(torch.ones(1, 2, device=d, requires_grad=True)).sum().backward()
    return str(seen)


@case("{d}:0 ['weight', 'bias']", source=MODULE)
def hook_of_state(d):
    layer = torch.nn.Linear(1, 1).to(d)
    keys = []
    layer.register_state_dict_post_hook(lambda module, state, prefix, metadata: keys.extend(state))
    return f"{layer.state_dict()['weight'].device} {keys}"


@case("cpu {d}:0 | {d}:0 float32 [1] [2.0]", source="torch/autograd/graph.py: saved_tensors_hooks")
def hooks_of_saved_tensors(d):
    places = []

    def pack(saved):
        places.append(saved.cpu().device)
        return saved.cpu()

    def unpack(packed):
        places.append(packed.to(d).device)
        return packed.to(d)

    x = torch.ones(1, device=d, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x.pow(2)
    y.backward()
    return f"{places[0]} {places[-1]} | {told(x.grad)}"


@case("{d}:0 ['aten.add.Tensor']", source="torch/utils/_python_dispatch.py")
def mode_that_sees_operators(d):
    seen = []

    class Log(TorchDispatchMode):
        def __torch_dispatch__(self, op, types, args=(), kwargs=None):
            seen.append(str(op))
            return op(*args, **(kwargs or {}))

    here = torch.ones(2, device=d)
    with Log():
        there = here + 1
    return f"{there.device} {seen}"


@case("{d}:0 float32 [2] [2.0, 2.0] ['add']", source="torch/overrides.py")
def mode_that_sees_functions(d):
    seen = []

    class Log(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            seen.append(function.__name__)
            return function(*args, **(kwargs or {}))

    here = torch.ones(2, device=d)
    with Log():
        there = torch.add(here, 1)
    return f"{told(there)} {seen}"


@case("{d}:0 ['linear']", source="torch/nn/modules/module.py: register_module_forward_hook")
def hook_of_all_modules(d):
    seen = []
    handle = torch.nn.modules.module.register_module_forward_hook(
        lambda module, args, y: seen.append(type(module).__name__.lower())
    )
    try:
        y = torch.nn.Linear(1, 1).to(d)(torch.ones(1, 1, device=d))
    finally:
        handle.remove()
    return f"{y.device} {seen}"


@case("{d}:0 cpu", source="torch/_subclasses/fake_tensor.py: fake tensors tell the device of the real ones")
def fake_tensors(d):
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode() as mode:
        there = mode.from_tensor(torch.ones(2, device=d)) * 2
        return f"{there.device} {mode.from_tensor(torch.ones(2)).device}"


@case("True", source="torch/autograd/profiler.py: operators are named")
def profiler(d):
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        torch.ones(2, device=d) @ torch.ones(2, device=d)
    return str("aten::dot" in {event.key for event in profile.key_averages()})
