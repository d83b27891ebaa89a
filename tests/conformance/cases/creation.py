"""Tensors made on a device."""

import numpy as np
import torch
from declaration import ACCELERATED, CUDA, FLOAT64, MPS, PAIR, SINGLE, Like, case
from outcome import kind, told

TENSORS = "docs: tensor attributes, torch.device; values as on the CPU, torch 2.13"
FACTORIES = "torch/csrc/utils/tensor_new.cpp"


@case("{d}:0 float32 [2] [0.0, 0.0]", source=TENSORS)
def zeros(d):
    return told(torch.zeros(2, device=d))


@case("{d}:0 int64 [3] [1, 2, 3]", source=FACTORIES)
def literal(d):
    return told(torch.tensor([1, 2, 3], device=d))


@case("{d}:0 int64 [4] [0, 1, 2, 3] | {d}:0 float32 [2, 2] [1.0, 0.0, 0.0, 1.0]", source=TENSORS)
def arange_and_eye(d):
    return told(torch.arange(4, device=d), torch.eye(2, device=d))


@case("{d}:0 float32 [3] [0.0, 0.5, 1.0]", source=TENSORS)
def linspace(d):
    return told(torch.linspace(0, 1, 3, device=d))


@case(
    "{d}:0 float32 [3] [1.0, 10.0, 100.0]",
    source="native_functions.yaml: no kernel for MPS",
    mps=Like(
        "NotImplementedError: The operator 'aten::logspace.out' is not currently implemented for the MPS device.*"
    ),
)
def logspace(d):
    return told(torch.logspace(0, 2, 3, device=d))


@case("{d}:0 float32 [2] [7.0, 7.0]", source=TENSORS)
def full_on_a_device_object(d):
    return told(torch.full((2,), 7.0, device=torch.device(d, 0)))


@case("{d}:0 float32 [2] [0.0, 0.0] | {d}:0 int32 [1] [1]", source=TENSORS)
def like_another(d):
    here = torch.ones(2, device=d)
    return told(torch.zeros_like(here), torch.ones_like(here[:1], dtype=torch.int32))


@case("cpu float32 [2] [0.0, 0.0]", source=TENSORS)
def like_another_but_on_the_cpu(d):
    return told(torch.zeros_like(torch.ones(2, device=d), device="cpu"))


@case("{d}:0 float32 [1] [3.0] | {d}:0 float32 [2] [0.0, 0.0] | {d}:0 float32 [1] [2.0]", source=FACTORIES)
def new_from_a_tensor(d):
    here = torch.ones(2, device=d)
    return told(here.new_tensor([3.0]), here.new_zeros(2), here.new_full((1,), 2))


@case("{d}:0 int64 [2] [1, 2]", source=FACTORIES)
def as_tensor_of_a_list(d):
    return told(torch.as_tensor([1, 2], device=d))


@case("{d}:0 | True", source=FACTORIES)
def as_tensor_of_a_tensor_there(d):
    here = torch.ones(2, device=d)
    same = torch.as_tensor(here, device=d)
    return told(same.device, same is here)


@case("{d}:0 float64 [2] [1.0, 1.0]", source=FACTORIES, scope=FLOAT64)
def as_tensor_of_an_array(d):
    return told(torch.as_tensor(np.ones(2), device=d))


@case("{d}:0 float64 [1] [1.0] | {d}:0 complex128 [1] [1j]", source=TENSORS, scope=FLOAT64)
def double_precision(d):
    return told(torch.ones(1, dtype=torch.float64, device=d), torch.full((1,), 1j, dtype=torch.complex128, device=d))


@case("{d}:0 float16 | {d}:0 bfloat16 | {d}:0 int8 | {d}:0 uint8 | {d}:0 bool | {d}:0 int16", source=TENSORS)
def other_types(d):
    types = (torch.float16, torch.bfloat16, torch.int8, torch.uint8, torch.bool, torch.int16)
    made = [torch.zeros(1, dtype=dtype, device=d) for dtype in types]
    return told(*(f"{one.device} {str(one.dtype)[6:]}" for one in made))


@case(
    Like(r"TypeError: Cannot convert a (MPS Tensor to float64 dtype|float64 Tensor to MPS) as the MPS framework .*"),
    source="aten/src/ATen/mps/EmptyTensor.cpp, OperationUtils.mm",
    scope=MPS,
)
def mps_has_no_double_precision(d):
    return told(torch.zeros(2, dtype=torch.float64, device=d))


@case("{d} None | {d}:0 0 | True | False", source="c10/core/Device.h: the index is part of equality")
def device_objects(d):
    bare, first = torch.device(d), torch.device(d, 0)
    return f"{bare} {bare.index} | {first} {first.index} | {torch.ones(1, device=d).device == first} | {bare == first}"


@case("True True True", source="c10/core/Device.h, std::hash; torch/csrc/Device.cpp")
def devices_hash_and_pickle(d):
    import pickle

    first = torch.ones(1, device=d).device
    same = pickle.loads(pickle.dumps(first))
    return f"{same == first} {hash(same) == hash(torch.device(d, 0))} {first in {torch.device(f'{d}:0')}}"


@case("{d} 0 False True", source="torch/csrc/autograd/python_variable.cpp")
def where_a_tensor_is(d):
    here = torch.ones(1, device=d)
    flag = getattr(here, f"is_{d}") if d != "npu" else here.device.type == "npu"
    return f"{here.device.type} {here.get_device()} {here.is_cpu} {flag}"


@case(
    Like("(AcceleratorError|RuntimeError): CUDA error: invalid device ordinal"),
    source="c10/cuda/CUDAException.cpp; AcceleratorError from 2.8, public tracebacks",
    scope=CUDA,
)
def ordinal_that_is_not_there(d):
    return told(torch.zeros(1, device=f"{d}:77"))


@case(
    Like("(AcceleratorError|RuntimeError): CUDA error: invalid device ordinal"),
    source="c10/cuda/CUDAException.cpp",
    scope=SINGLE.without("mps xpu npu", "text of CUDA"),
)
def second_device_of_one(d):
    return told(torch.zeros(1).to(f"{d}:1"))


@case("{d}:1 float32 [2] [1.0, 1.0] | {d}:0 float32 [1] [0.0]", source=TENSORS, scope=PAIR)
def on_the_second_device(d):
    return told(torch.ones(2, device=f"{d}:1"), torch.zeros(1, device=d))


@case("RuntimeError: Invalid device string: '{d}:x'", source="c10/core/Device.cpp; measured on the CPU build, 2.13")
def device_string_that_is_none(d):
    return str(torch.device(f"{d}:x"))


@case("{d}:0 {d}:0 {d}:0 cpu", source="torch/utils/_device.py: DeviceContext")
def device_as_a_context(d):
    with torch.device(d):
        made = [torch.ones(1), torch.nn.Linear(1, 1).weight, torch.tensor([1])]
    return " ".join(str(one.device) for one in (*made, torch.ones(1)))


@case("cpu", source="torch/utils/_device.py: an explicit device wins")
def explicit_device_in_a_context(d):
    with torch.device(d):
        return str(torch.ones(1, device="cpu").device)


@case("{d}:0 {d}:0 cpu", source="torch/__init__.py: set_default_device, get_default_device")
def default_device(d):
    torch.set_default_device(d)
    try:
        made, default = torch.ones(1).device, torch.get_default_device()
    finally:
        torch.set_default_device(None)
    return f"{made} {default} {torch.ones(1).device}"


@case("cpu", source="torch/utils/_device.py: from_numpy is no factory in the list")
def array_under_a_default_device(d):
    with torch.device(d):
        return str(torch.from_numpy(np.ones(1)).device)


@case("{d}:0 complex64 [2] [(1+2j), 0j]", source=TENSORS)
def complex_numbers(d):
    return told(torch.tensor([1 + 2j, 0j], device=d))


@case("{d}:0 float32 [0] [] | {d}:0 float32 [0, 3] []", source=TENSORS)
def empty_tensors(d):
    return told(torch.empty(0, device=d), torch.zeros(0, 3, device=d))


@case("{d}:0 float32 [] 2.5", source=TENSORS)
def number_as_a_tensor(d):
    made = torch.tensor(2.5, device=d)
    return f"{kind(made)} {made.item()}"


@case("{d}:0 int64 [2, 1] [0, 1] | {d}:0 float32 [2, 2] [1.0, 0.0, 2.0, 3.0]", source="values as on the CPU, 2.13")
def triangles_and_grids(d):
    lower = torch.tensor([[1.0, 9.0], [2.0, 3.0]], device=d).tril()
    grid, _ = torch.meshgrid(torch.arange(2, device=d), torch.arange(1, device=d), indexing="ij")
    return told(grid, lower)


@case("{d}:0 float32 [2] [1.0, 1.0] True", source="torch/csrc/utils/tensor_new.cpp", scope=ACCELERATED)
def made_with_a_gradient(d):
    made = torch.ones(2, device=d, requires_grad=True)
    return f"{told(made)} {made.is_leaf and made.requires_grad}"
