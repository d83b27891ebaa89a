"""torch.func, compiled and scripted functions."""

import copy

import torch
from declaration import PAIR, case
from outcome import agrees, told
from torch import nn

FUNC = "torch/_functorch; values as on the CPU, 2.13"


@case("{d}:0 float32 [2] [2.0, 4.0]", source=FUNC)
def gradient_as_a_function(d):
    return told(torch.func.grad(lambda x: (x**2).sum())(torch.tensor([1.0, 2.0], device=d)))


@case("{d}:0 float32 [3, 2] [2.0, 2.0, 2.0, 2.0, 2.0, 2.0]", source=FUNC)
def gradients_of_a_batch(d):
    return told(torch.func.vmap(torch.func.grad(lambda x: (x**2).sum()))(torch.ones(3, 2, device=d)))


@case("{d}:0 float32 [2, 2] [2.0, 0.0, 0.0, 4.0] | {d}:0 float32 [2, 2] [2.0, 0.0, 0.0, 2.0]", source=FUNC)
def jacobian_and_hessian(d):
    x = torch.tensor([1.0, 2.0], device=d)
    return told(torch.func.jacrev(lambda x: x**2)(x), torch.func.hessian(lambda x: (x**2).sum())(x))


@case("{d}:0 float32 [2] [2.0, 4.0] | {d}:0 float32 [2] [2.0, 4.0]", source=FUNC)
def products_with_the_jacobian(d):
    x, ones = torch.tensor([1.0, 2.0], device=d), torch.ones(2, device=d)
    _, forward = torch.func.jvp(lambda x: x**2, (x,), (ones,))
    _, pull = torch.func.vjp(lambda x: x**2, x)
    return told(forward, *pull(ones))


@case("{d}:0 float32 [1, 1] [3.0] | {d}:0", source="torch/_functorch/functional_call.py")
def module_with_other_parameters(d):
    layer = nn.Linear(1, 1).to(d)
    given = {"weight": torch.full((1, 1), 2.0, device=d), "bias": torch.ones(1, device=d)}
    return told(torch.func.functional_call(layer, given, (torch.ones(1, 1, device=d),)), layer.weight.device)


@case(
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, {d}:0 and cpu!",
    source="aten/src/ATen/TensorIterator.cpp, below vmap",
)
def mapped_over_two_devices(d):
    return told(torch.func.vmap(torch.add)(torch.ones(2, 2, device=d), torch.ones(2, 2)))


@case("{d}:0 [2, 1, 1]", source="torch/_functorch/functional_call.py: stack_module_state")
def ensemble(d):
    models = [nn.Linear(1, 1).to(d) for _ in range(2)]
    stacked, _ = torch.func.stack_module_state(models)
    return f"{stacked['weight'].device} {list(stacked['weight'].shape)}"


@case("{d}:0 [2, 3] True", source="torch/_functorch/vmap.py: randomness", scope=PAIR)
def random_numbers_in_a_map(d):
    made = torch.func.vmap(lambda x: x + torch.rand(3, device=d), randomness="different")(torch.zeros(2, 1, device=d))
    return f"{made.device} {list(made.shape)} {not torch.equal(made[0], made[1])}"


@case("{d}:0 as on cpu", source="torch/jit/_trace.py")
def traced(d):
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    here = copy.deepcopy(model)
    x = torch.ones(1, 2)
    return agrees(torch.jit.trace(model.to(d), x.to(d))(x.to(d)), here(x))


@case("{d}:0 as on cpu", source="torch/jit/_script.py")
def scripted(d):
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    here = copy.deepcopy(model)
    x = torch.ones(1, 2)
    return agrees(torch.jit.script(model.to(d))(x.to(d)), here(x))


@case("cpu {d}:0", source="torch/csrc/jit/serialization/import.cpp")
def scripted_saved_and_loaded(d):
    import io

    stream = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(1, 1).to(d)), stream)
    stream.seek(0)
    here = torch.jit.load(stream, map_location="cpu")
    stream.seek(0)
    return f"{here.weight.device} {torch.jit.load(stream).weight.device}"


@case("{d}:0 float32 [2] [2.0, 2.0]", source="torch/_dynamo")
def compiled_eagerly(d):
    return told(torch.compile(lambda x: (x * 2).relu(), backend="eager")(torch.ones(2, device=d)))


@case("{d}:0 as on cpu", source="torch/export")
def exported(d):
    model = nn.Linear(2, 2)
    here = copy.deepcopy(model)
    x = torch.ones(1, 2)
    program = torch.export.export(model.to(d), (x.to(d),))
    return agrees(program.module()(x.to(d)), here(x))


@case("{d}:0 float32 [2] [3.0, 3.0]", source="torch/library.py: custom_op for the device type")
def operator_of_ones_own(d):
    name = f"conformance::triple_{d}"

    @torch.library.custom_op(name, mutates_args=(), device_types=d)
    def triple(x: torch.Tensor) -> torch.Tensor:
        return x * 3

    return told(triple(torch.ones(2, device=d)))


@case("{d}:0 float32 [2] [1.0, 2.0]", source="torch/utils/_pytree.py")
def trees_moved(d):
    from torch.utils._pytree import tree_map

    tree = tree_map(lambda leaf: leaf.to(d), {"a": [torch.tensor([1.0, 2.0])]})
    return told(tree["a"][0])
