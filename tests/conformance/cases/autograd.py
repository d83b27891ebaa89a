"""Gradients."""

import torch
from declaration import ACCELERATED, FLOAT64, PAIR, case
from outcome import kind, told

ENGINE = "torch/csrc/autograd/engine.cpp; values as on the CPU, 2.13"


@case("{d}:0 float32 [3] [2.0, 4.0, 6.0]", source=ENGINE)
def backward(d):
    x = torch.tensor([1.0, 2.0, 3.0], device=d, requires_grad=True)
    (x * x).sum().backward()
    return told(x.grad)


@case(
    "cpu float32 [3] [2.0, 2.0, 2.0]", source="torch/csrc/autograd/functions/tensor.cpp: CopyBackwards, ToCopyBackward"
)
def backward_through_a_move(d):
    x = torch.ones(3, requires_grad=True)
    (x.to(d) * 2).sum().backward()
    return told(x.grad)


@case("{d}:0 float32 [2] [3.0, 3.0]", source=ENGINE)
def backward_of_a_loss_on_the_cpu(d):
    x = torch.ones(2, device=d, requires_grad=True)
    (x * 3).sum().cpu().backward()
    return told(x.grad)


@case("False True False", source="torch/nn/parameter.py, docs: a moved tensor is no leaf")
def moved_tensor_is_no_leaf(d):
    here = torch.ones(1, requires_grad=True)
    there = here.to(d)
    there.sum().backward()
    return f"{there.is_leaf} {here.is_leaf} {here.grad is None}"


@case("{d}:0 float32 [2] [6.0, 12.0]", source=ENGINE)
def second_derivative(d):
    x = torch.tensor([1.0, 2.0], device=d, requires_grad=True)
    (first,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    return told(*torch.autograd.grad(first.sum(), x))


class Triple(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 + 0 * x.to(gradient.device)


@case("{d}:0 float32 [2] [3.0, 3.0] TripleBackward", source="torch/csrc/autograd/python_function.cpp")
def function_of_ones_own(d):
    x = torch.ones(2, device=d, requires_grad=True)
    y = Triple.apply(x)
    y.sum().backward()
    return f"{told(x.grad)} {type(y.grad_fn).__name__}"


@case("{d}:0 float32 [2] [1.0, 1.0]", source="docs: retain_grad")
def retained_gradient(d):
    y = torch.ones(2, device=d, requires_grad=True) * 2
    y.retain_grad()
    y.sum().backward()
    return told(y.grad)


@case("{d}:0 float32 [1] [4.0] | {d}:0 float32 [1] [2.0]", source="torch/csrc/autograd/functions/accumulate_grad.cpp")
def gradients_add_up(d):
    x = torch.ones(1, device=d, requires_grad=True)
    (x * 2).backward()
    first = x.grad.clone()
    (x * 2).backward()
    return told(x.grad, first)


@case(
    "RuntimeError: attempting to assign a gradient with device type 'cpu' to a tensor with device type '{d}'. "
    "Please ensure that the gradient and the tensor are on the same device",
    source="aten/src/ATen/core/TensorBase: grad of another device; text measured, torch 2.13",
)
def assigning_a_gradient_of_the_cpu(d):
    x = torch.ones(2, device=d, requires_grad=True)
    x.grad = torch.ones(2)
    return told(x.grad)


@case("True False True", source="docs: no_grad, inference_mode")
def without_gradients(d):
    x = torch.ones(1, device=d, requires_grad=True)
    with torch.no_grad():
        free = not (x * 2).requires_grad
    with torch.inference_mode():
        inferred = x * 2
    return f"{free} {inferred.requires_grad} {inferred.is_inference()}"


@case(
    "RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after they "
    "have already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
    "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need "
    "to access saved tensors after calling backward.",
    source="torch/csrc/autograd/saved_variable.cpp; measured on the CPU build, 2.13",
)
def second_backward(d):
    y = torch.ones(1, device=d, requires_grad=True).exp().sum()
    y.backward()
    y.backward()
    return "twice"


@case(
    "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    source="torch/csrc/autograd/VariableTypeUtils.h; measured on the CPU build, 2.13",
)
def changing_a_leaf_in_place(d):
    return told(torch.ones(1, device=d, requires_grad=True).add_(1))


@case("True", source="torch/autograd/gradcheck.py", scope=FLOAT64)
def gradcheck(d):
    x = torch.rand(3, dtype=torch.float64, device=d, requires_grad=True)
    return str(torch.autograd.gradcheck(lambda x: (x * x).sin(), (x,)))


@case("{d}:0 float32 [2] [2.0, 2.0] | cpu float32 [2] [2.0, 2.0]", source="torch/autograd/graph.py: save_on_cpu")
def saved_on_the_cpu(d):
    x = torch.ones(2, device=d, requires_grad=True)
    with torch.autograd.graph.save_on_cpu():
        y = (x * x).sum()
    kept = y.grad_fn.next_functions[0][0]._raw_saved_self
    del kept
    y.backward()
    return told(x.grad, x.grad.cpu())


@case("{d}:0 float32 [2, 2] [2.0, 0.0, 0.0, 4.0] | {d}:0 float32 [2] [2.0, 2.0]", source=ENGINE)
def jacobian_and_hvp(d):
    x = torch.tensor([1.0, 2.0], device=d)
    jacobian = torch.autograd.functional.jacobian(lambda x: x * x, x)
    _, product = torch.autograd.functional.hvp(lambda x: (x * x).sum(), x, torch.ones(2, device=d))
    return told(jacobian, product)


@case("{d}:0 float32 [1, 3] [2.0, 2.0, 2.0]", source="torch/utils/checkpoint.py")
def recomputed_activations(d):
    layer = torch.nn.Linear(3, 2).to(d)
    torch.nn.init.ones_(layer.weight)
    x = torch.ones(1, 3, device=d, requires_grad=True)
    torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=False).sum().backward()
    return told(x.grad)


@case("{d}:0 float32 [1, 3] [2.0, 2.0, 2.0]", source="torch/utils/checkpoint.py: CheckpointFunction")
def recomputed_by_reentering(d):
    layer = torch.nn.Linear(3, 2).to(d)
    torch.nn.init.ones_(layer.weight)
    x = torch.ones(1, 3, device=d, requires_grad=True)
    y = torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=True)
    y.sum().backward()
    return told(x.grad)


@case(
    "True",
    source="torch/utils/checkpoint.py: the state of the generators is put back",
    scope=ACCELERATED.without("mps npu", "torch.mps has no _initialized, so its state is not kept; torch_npu unknown"),
)
def recomputed_dropout(d):
    x = torch.ones(64, device=d, requires_grad=True)
    y = torch.utils.checkpoint.checkpoint(torch.nn.functional.dropout, x, use_reentrant=True)
    y.sum().backward()
    return str(torch.equal(y.detach(), x.grad))


@case("{d}:0 float32 [1] [2.0]", source=ENGINE)
def backward_in_a_thread(d):
    import threading

    found = []

    def work():
        x = torch.ones(1, device=d, requires_grad=True)
        (x * 2).sum().backward()
        found.append(x.grad)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return told(*found)


@case("{d}:0 float32 [2, 2] [1.0, 1.0, 0.0, 0.0]", source=ENGINE)
def gradient_of_an_index(d):
    x = torch.ones(2, 2, device=d, requires_grad=True)
    x[torch.tensor([0])].sum().backward()
    return told(x.grad)


@case("{d}:0 float32 [3, 1] [0.0, 2.0, 1.0]", source=ENGINE)
def gradient_of_an_embedding(d):
    table = torch.nn.Embedding(3, 1).to(d)
    table(torch.tensor([1, 1, 2], device=d)).sum().backward()
    return told(table.weight.grad)


@case("{d}:0 float32 [3, 1] 2", source="torch/nn/functional.py: sparse gradients of embeddings")
def sparse_gradient_of_an_embedding(d):
    table = torch.nn.Embedding(3, 1, sparse=True).to(d)
    table(torch.tensor([1, 2], device=d)).sum().backward()
    return f"{kind(table.weight.grad)} {table.weight.grad._nnz()}"


@case("{d}:0 float32 [2] [2.0, 4.0] {d}:0 float32 [] [5.0]", source="torch/autograd/forward_ad.py")
def forward_mode(d):
    import torch.autograd.forward_ad as forward

    with forward.dual_level():
        dual = forward.make_dual(torch.tensor([1.0, 2.0], device=d), torch.ones(2, device=d))
        primal, tangent = forward.unpack_dual((dual * dual).sum())
        _, each = forward.unpack_dual(dual * dual)
    assert tangent.item() == 6.0
    return f"{told(each)} {told(primal)}"


@case("{d}:1 float32 [2] [2.0, 2.0] | {d}:0 float32 [2] [2.0, 2.0]", source=ENGINE, scope=PAIR)
def backward_over_two_devices(d):
    first = torch.ones(2, device=f"{d}:0", requires_grad=True)
    second = torch.ones(2, device=f"{d}:1", requires_grad=True)
    ((first.to(f"{d}:1") + second) * 2).sum().backward()
    return told(second.grad, first.grad)
