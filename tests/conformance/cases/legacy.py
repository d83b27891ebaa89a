"""Names from before torch.device, and how tensors print."""

import torch
from declaration import ACCELERATED, CPU_BUILD, CUDA, Like, case
from outcome import told

TYPES = "torch/csrc/tensor/python_tensor.cpp"
PRINTED = "torch/_tensor_str.py"
NAMED = ACCELERATED.without("mps npu", "the legacy type of that device has no public name")


@case("torch.{d}.FloatTensor torch.{d}.HalfTensor torch.{d}.LongTensor", source=TYPES, scope=NAMED)
def names_of_types(d):
    there = torch.ones(1, device=d)
    return f"{there.type()} {there.half().type()} {there.long().type()}"


@case("cuda:0 float32 [2] | cuda:0 int64 [2] [1, 2]", source=TYPES, scope=CUDA)
def legacy_constructors(d):
    made = torch.cuda.FloatTensor(2)
    return f"{made.device} {str(made.dtype)[6:]} {list(made.shape)} | {told(torch.cuda.LongTensor([1, 2]))}"


@case("cuda:0 float32 [1] [1.0] | cpu float32 [1] [1.0]", source=TYPES, scope=CUDA)
def types_as_moves(d):
    there = torch.ones(1).type(torch.cuda.FloatTensor)
    return told(there, there.type("torch.FloatTensor"))


@case("cuda:0 cpu", source="torch/__init__.py: set_default_tensor_type", scope=CUDA)
def default_type(d):
    torch.set_default_tensor_type("torch.cuda.FloatTensor")
    try:
        there = torch.ones(1).device
    finally:
        torch.set_default_tensor_type("torch.FloatTensor")
    return f"{there} {torch.ones(1).device}"


@case(
    "RuntimeError: legacy constructor expects device type: cpu but device type: {d} was passed",
    source="torch/csrc/utils/tensor_new.cpp; measured on the CPU build, 2.13",
)
def legacy_constructor_with_another_device(d):
    return str(torch.FloatTensor(2, device=d).device)


@case("cuda:0 float32 [1] [1.0] | cuda", source="torch/csrc/autograd/python_variable_methods.cpp", scope=CUDA)
def method_cuda(d):
    there = torch.ones(1).cuda(0, non_blocking=True)
    return told(there, "cuda" if there.is_cuda else "cpu")


@case("True True cuda:0", source="torch/nn/modules/module.py", scope=CUDA)
def module_cuda(d):
    module = torch.nn.Linear(1, 1)
    same = module.cuda()
    return f"{same is module} {module.weight.is_cuda} {module.cuda(0).bias.device}"


@case("cuda:0 float32 | cuda:0", source="torch/storage.py", scope=CUDA)
def legacy_storages(d):
    storage = torch.ones(2, device=d).storage()
    return f"{storage.device} {str(storage.dtype)[6:]} | {torch.ones(2).untyped_storage().cuda().device}"


@case("tensor([1., 2.], device='{d}:0') | tensor(1, device='{d}:0')", source=PRINTED)
def printed(d):
    return f"{torch.tensor([1.0, 2.0], device=d)!r} | {torch.tensor(1, device=d)!r}"


@case(
    "tensor([1.], device='{d}:0', requires_grad=True) | tensor([2.], device='{d}:0', grad_fn=<MulBackward0>)",
    source=PRINTED,
)
def printed_with_gradients(d):
    there = torch.ones(1, device=d, requires_grad=True)
    return f"{there!r} | {there * 2!r}"


@case("tensor([], device='{d}:0', size=(0, 2)) | tensor([1.], device='{d}:0', dtype=torch.float16)", source=PRINTED)
def printed_empty_and_half(d):
    return f"{torch.empty(0, 2, device=d)!r} | {torch.ones(1, dtype=torch.float16, device=d)!r}"


@case("2.50 | 1.5", source="torch/_tensor.py: __format__ of numbers is that of Python")
def formatted(d):
    return f"{torch.tensor(2.5, device=d):.2f} | {torch.tensor(1.5, device=d).item()}"


@case("Parameter containing: tensor([1.], device='{d}:0', requires_grad=True)", source="torch/nn/parameter.py")
def printed_parameter(d):
    return repr(torch.nn.Parameter(torch.ones(1, device=d))).replace("\n", " ")


@case("device(type='{d}', index=0) | device(type='{d}') | {d}:0", source="torch/csrc/Device.cpp")
def printed_devices(d):
    first = torch.device(d, 0)
    return f"{first!r} | {torch.device(d)!r} | {first}"


@case("tensor([1., 1.], device='{d}:0')", source=PRINTED)
def printed_in_containers(d):
    return str({"a": torch.ones(2, device=d)})[6:-1]


@case("False", source=f"{TYPES}; measured on the CPU build, 2.13", scope=CPU_BUILD)
def instance_of_a_type_that_is_not_there(d):
    return str(isinstance(torch.ones(1), torch.cuda.FloatTensor))


@case(
    Like("RuntimeError: Cannot initialize CUDA without ATen_cuda library.*"),
    source="aten/src/ATen/detail/CUDAHooksInterface.h; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def type_as_a_move_without_cuda(d):
    return told(torch.ones(1).type("torch.cuda.FloatTensor"))
