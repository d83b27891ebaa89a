"""Tensors between a device and the CPU."""

import numpy as np
import torch
from declaration import ACCELERATED, CUDA, FLOAT64, MPS, PAIR, Like, case
from outcome import kind, told

TO = "aten/src/ATen/native/TensorConversions.cpp"
NUMPY = "torch/csrc/utils/tensor_numpy.cpp"
REFUSED = (
    "TypeError: can't convert {d}:0 device type tensor to numpy. "
    "Use Tensor.cpu() to copy the tensor to host memory first."
)


@case("{d}:0 float32 [2] [1.0, 2.0] | cpu float32 [2] [1.0, 2.0]", source=TO)
def there_and_back(d):
    there = torch.tensor([1.0, 2.0]).to(d)
    return told(there, there.cpu())


@case("True True", source=TO)
def moving_to_where_it_is_gives_itself(d):
    there, here = torch.ones(2, device=d), torch.ones(2)
    return f"{there.to(d) is there} {here.cpu() is here}"


@case("False {d}:0", source=TO)
def copying_to_where_it_is(d):
    there = torch.ones(2, device=d)
    other = there.to(d, copy=True)
    return f"{other.data_ptr() == there.data_ptr()} {other.device}"


@case("{d}:0 float32 [1] [1.0]", source="torch/csrc/autograd/python_variable_methods.cpp", scope=ACCELERATED.without(
    "mps npu", "Tensor has no method of that name"))  # fmt: skip
def method_named_after_the_device(d):
    return told(getattr(torch.ones(1), d)())


@case("{d}:0 float32 [1] [1.0] | cpu float32 [1] [1.0]", source=TO)
def to_where_another_is(d):
    there, here = torch.ones(1, device=d), torch.ones(1)
    return told(here.to(there), there.to(here))


@case("{d}:0 float16 [1] [1.5] | {d}:0 int32 [1] [1] | {d}:0 float16 [1] [1.5]", source=TO)
def moving_and_converting(d):
    here = torch.tensor([1.5])
    return told(here.to(d, torch.float16), here.to(device=d, dtype=torch.int32), here.to(d).half())


@case("{d}:0 float64 [3] [0.0, 1.0, 2.0]", source=TO, scope=FLOAT64)
def array_to_the_device(d):
    return told(torch.from_numpy(np.arange(3.0)).to(d))


@case(
    Like(r"TypeError: Cannot convert a (MPS Tensor to float64 dtype|float64 Tensor to MPS) as the MPS framework .*"),
    source="aten/src/ATen/mps/EmptyTensor.cpp; public tracebacks",
    scope=MPS,
)
def mps_refuses_an_array_of_doubles(d):
    return told(torch.from_numpy(np.arange(3.0)).to(d))


@case(
    Like(r"TypeError: Cannot convert a (MPS Tensor to float64 dtype|float64 Tensor to MPS) as the MPS framework .*"),
    source="aten/src/ATen/mps/EmptyTensor.cpp; public tracebacks",
    scope=MPS,
)
def mps_refuses_double(d):
    return told(torch.ones(2, device=d).double())


@case("{d}:0 float64 [2] [1.0, 1.0]", source=TO, scope=FLOAT64)
def double(d):
    return told(torch.ones(2, device=d).double())


@case("cpu", source=TO)
def a_move_that_is_dropped_moves_nothing(d):
    here = torch.ones(2)
    here.to(d)
    return str(here.device)


@case("[0, 1, 262143] cpu", source="docs: non_blocking copies are complete after synchronize")
def copy_that_does_not_block(d):
    there = torch.arange(1 << 18, device=d)
    here = there.to("cpu", non_blocking=True)
    torch.accelerator.synchronize()
    return f"{here[[0, 1, -1]].tolist()} {here.device}"


@case("{d}:0 float32 [2] [1.0, 2.0] | cpu float32 [2] [2.0, 4.0]", source="aten/src/ATen/native/Copy.cpp")
def copy_in_place_across(d):
    there, here = torch.zeros(2, device=d), torch.zeros(2)
    there.copy_(torch.tensor([1.0, 2.0]))
    here.copy_(there * 2)
    return told(there, here)


@case("{d}:0 float16 [2] [1.0, 2.0]", source="aten/src/ATen/native/Copy.cpp")
def copy_in_place_converts(d):
    there = torch.zeros(2, dtype=torch.float16, device=d)
    return told(there.copy_(torch.tensor([1, 2])))


@case("{d}:0 float32 [2, 2] [1.0, 1.0, 2.0, 2.0]", source="aten/src/ATen/native/Copy.cpp")
def copy_in_place_broadcasts(d):
    return told(torch.zeros(2, 2, device=d).copy_(torch.tensor([[1.0], [2.0]])))


@case("{d}:0 (1, 2) [0.0, 2.0, 1.0, 3.0]", source="aten/src/ATen/native/TensorConversions.cpp: preserve_format")
def strides_are_kept(d):
    there = torch.arange(4.0).view(2, 2).t().to(d)
    return f"{there.device} {there.stride()} {there.flatten().tolist()}"


@case("{d}:1 float32 [2] [1.0, 1.0] | {d}:0 float32 [2] [1.0, 1.0]", source=TO, scope=PAIR)
def between_two_devices(d):
    second = torch.ones(2, device=f"{d}:0").to(f"{d}:1")
    return told(second, second.to(f"{d}:0"))


@case("{d}:1 float32 [1] [1.0] | {d}:1 float32 [1] [1.0]", source=TO, scope=PAIR)
def by_ordinal(d):
    return told(torch.ones(1).cuda(1), torch.ones(1).to(1))


@case(
    "{d}:0 float32 [1] [1.0]", source="torch/csrc/utils/python_arg_parser.h: a number is an ordinal of the accelerator"
)
def to_a_number(d):
    return told(torch.ones(1).to(0))


@case(REFUSED, source=NUMPY)
def numpy_of_a_tensor_there(d):
    return str(torch.ones(2, device=d).numpy())


@case(REFUSED, source=NUMPY)
def asarray_of_a_tensor_there(d):
    return str(np.asarray(torch.ones(2, device=d)))


@case(REFUSED, source=NUMPY)
def array_of_a_list_of_tensors(d):
    return str(np.array([torch.ones(2, device=d), torch.ones(2, device=d)]))


@case(
    "[1. 2.]", source="torch/_tensor.py: __array__ is not asked for numbers, item() is; measured on the CPU build, 2.13"
)
def array_of_a_list_of_numbers(d):
    return str(np.array([torch.tensor(1.0, device=d).item(), float(torch.tensor(2.0, device=d))]))


@case(REFUSED, source=NUMPY)
def ufunc_of_numpy(d):
    return str(np.sqrt(torch.ones(2, device=d)))


@case(REFUSED, source=NUMPY)
def mean_of_numpy_over_a_list(d):
    return str(np.mean([torch.ones(2, device=d)]))


@case(REFUSED, source=NUMPY)
def concatenate_of_numpy(d):
    return str(np.concatenate([torch.ones(2, device=d), np.ones(2)]))


@case(
    "TypeError: unsupported operand type(s) for *: 'numpy.ndarray' and 'Tensor'",
    source="torch/_tensor.py: __array_priority__; measured with meta tensors on the CPU build, 2.13",
)
def array_times_a_tensor_there(d):
    return str(np.ones(2) * torch.ones(2, device=d))


@case(REFUSED, source=NUMPY)
def assigning_a_tensor_there_to_an_array(d):
    array = np.zeros(2)
    array[:] = torch.ones(2, device=d)
    return str(array)


@case(REFUSED, source=f"{NUMPY}: the device comes before the gradient")
def numpy_of_a_parameter_there(d):
    return str(torch.nn.Parameter(torch.ones(2, device=d)).numpy())


@case(
    "RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    source=f"{NUMPY}; measured on the CPU build, 2.13",
)
def numpy_of_a_gradient_on_the_cpu(d):
    return str(torch.ones(2, device=d, requires_grad=True).cpu().numpy())


@case("TypeError: Got unsupported ScalarType BFloat16", source=f"{NUMPY}; measured on the CPU build, 2.13")
def numpy_of_bfloat16(d):
    return str(torch.ones(2, dtype=torch.bfloat16, device=d).cpu().numpy())


@case("[1. 1.] [1. 1.]", source="torch/_tensor.py, docs: numpy(force=True)")
def numpy_by_force(d):
    there = torch.ones(2, device=d, requires_grad=True)
    return f"{there.numpy(force=True)} {there.detach().cpu().numpy()}"


@case("2.0 2 True [1.0, 2.0] 2", source="aten/src/ATen/native/Scalar.cpp: item() synchronises and copies")
def numbers_and_lists(d):
    there = torch.tensor([1.0, 2.0], device=d)
    return f"{there[1].item()} {int(there[1])} {bool(there[0] < 2)} {there.tolist()} {len(there)}"


@case("[0, 1] [10, 20, 30][1]=20", source="torch/_tensor.py: __index__")
def tensor_as_an_index_of_python(d):
    one = torch.tensor(1, device=d)
    return f"{list(range(one + 1))} [10, 20, 30][1]={[10, 20, 30][one]}"


@case(
    "RuntimeError: a Tensor with 2 elements cannot be converted to Scalar",
    source="aten/src/ATen/native/Scalar.cpp; measured on the CPU build, 2.13",
)
def item_of_two_elements(d):
    return str(torch.ones(2, device=d).item())


@case(
    "RuntimeError: Boolean value of Tensor with more than one value is ambiguous",
    source="aten/src/ATen/native/TensorProperties.cpp; measured on the CPU build, 2.13",
)
def truth_of_two_elements(d):
    return str(bool(torch.ones(2, device=d)))


@case("True True", source="docs: Tensor.pin_memory", scope=CUDA)
def pinned_memory(d):
    pinned = torch.ones(4).pin_memory()
    return f"{pinned.is_pinned()} {torch.empty(4, pin_memory=True).is_pinned()}"


@case("False False {d}:0", source="docs: Tensor.is_pinned")
def not_pinned(d):
    moved = torch.ones(4).to(d, non_blocking=True)
    return f"{torch.ones(4).is_pinned()} {moved.is_pinned()} {moved.device}"


@case(
    "RuntimeError: cannot pin 'torch.{d}.FloatTensor' only dense CPU tensors can be pinned",
    source="aten/src/ATen/native/Memory.cpp",
    npu=Like("RuntimeError: cannot pin 'torch.(npu|privateuseone).FloatTensor' only dense CPU tensors can be pinned"),
    mps=Like("RuntimeError: cannot pin '(torch.mps.FloatTensor|MPSFloatType)' only dense CPU tensors can be pinned"),
)
def pinning_a_tensor_there(d):
    return kind(torch.ones(4, device=d).pin_memory())


@case("{d}:0 float32 [3] [0.0, 1.0, 2.0] True", source="torch/utils/dlpack.py", scope=ACCELERATED.without(
    "mps npu", "DLPack of that device is not exported by every version"))  # fmt: skip
def through_dlpack(d):
    there = torch.arange(3.0, device=d)
    other = torch.from_dlpack(there)
    return f"{told(other)} {other.data_ptr() == there.data_ptr()}"


@case("True 12 {d}:0 4", source="torch/storage.py")
def memory_of_a_view(d):
    there = torch.arange(3.0, device=d)
    storage = there.untyped_storage()
    return f"{there.data_ptr() != 0} {storage.nbytes()} {storage.device} {there[1:].data_ptr() - there.data_ptr()}"


@case("meta float32 [2] | NotImplementedError", source="measured on the CPU build, 2.13: meta tensors have no data")
def by_way_of_meta(d):
    nowhere = torch.ones(2, device=d).to("meta")
    try:
        nowhere.to(d)
    except NotImplementedError as error:
        return f"{kind(nowhere)} | {type(error).__name__}"
    return kind(nowhere)
