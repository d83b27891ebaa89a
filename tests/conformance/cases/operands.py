"""Operands on different devices: who refuses them, in which words, and who takes them."""

import torch
import torch.nn.functional as F  # noqa: N812
from declaration import ACCELERATED, CUDA, MPS, PAIR, Like, case
from outcome import kind, told

ITERATOR = "aten/src/ATen/TensorIterator.cpp: compute_types"
CHECKED = "torchgen/dest/register_dispatch_key.py and native_functions.yaml; text: core/op_registration/adaption.cpp"
TWO = "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, {d}:0 and cpu!"
SOME = "RuntimeError: Expected all tensors to be on the same device.*"
FOREIGN = "RuntimeError: (Placeholder storage has not been allocated on MPS device!|.*is on CPU, but expected .*GPU.*)"

#: types of devices without a legacy type print by their dispatch key (c10::toString)
OTHER_NAMES = Like(
    r"RuntimeError: Input type \(torch.FloatTensor\) and weight type \((torch.xpu.FloatTensor|XPUFloatType|"
    r"npuFloatType)\) should be the same or input should be a MKLDNN tensor and weight is a dense tensor"
)


def refused(name, operand, method, run, cpu_first=False):
    """A case for a generated check: the operand that it names, and the method."""
    place, others = ("{d}:0", "cpu") if cpu_first else ("cpu", "{d}:0")

    def text(key):
        return (
            f"RuntimeError: Expected all tensors to be on the same device, but got {operand} is on {place}, different "
            f"from other tensors on {others} (when checking argument in method wrapper_{key}_{method})"
        )

    run.__name__ = name
    case(text("CUDA"), source=CHECKED, xpu=text("XPU"), npu=Like(SOME), mps=Like(f"{FOREIGN}|{SOME}"))(run)


def two_devices(name, run):
    """A case for kernels over a tensor iterator, which look at the devices of all operands themselves."""
    run.__name__ = name
    case(TWO, source=ITERATOR)(run)


def _f(d, *shape):
    return torch.ones(*(shape or (2,)), device=d)


def _i(d, *values):
    return torch.tensor(values, device=d)


two_devices("add", lambda d: kind(_f(d) + _f("cpu")))
two_devices("add_cpu_first", lambda d: kind(_f("cpu") + _f(d)))
two_devices("subtract", lambda d: kind(_f(d) - _f("cpu")))
two_devices("multiply", lambda d: kind(_f("cpu") * _f(d)))
two_devices("divide", lambda d: kind(_f(d) / _f("cpu")))
two_devices("power", lambda d: kind(_f(d) ** _f("cpu")))
two_devices("floor_divide", lambda d: kind(_f(d) // _f("cpu")))
two_devices("remainder", lambda d: kind(_f(d) % _f("cpu")))
two_devices("maximum", lambda d: kind(torch.maximum(_f(d), _f("cpu"))))
two_devices("atan2", lambda d: kind(torch.atan2(_f(d), _f("cpu"))))
two_devices("compare", lambda d: kind(_f(d) > _f("cpu")))
two_devices("equal_elements", lambda d: kind(_f(d) == _f("cpu")))
two_devices("bitwise_and", lambda d: kind(_i(d, 1, 2) & _i("cpu", 1, 2)))
two_devices("logical_or", lambda d: kind(torch.logical_or(_f(d), _f("cpu"))))
two_devices("add_in_place", lambda d: kind(_f(d).add_(_f("cpu"))))
two_devices("add_in_place_cpu_first", lambda d: kind(_f("cpu").add_(_f(d))))
two_devices("multiply_in_place", lambda d: kind(_f(d).mul_(_f("cpu"))))
two_devices("lerp", lambda d: kind(torch.lerp(_f(d), _f("cpu"), 0.5)))
two_devices("addcmul", lambda d: kind(torch.addcmul(_f(d), _f("cpu"), _f(d))))
two_devices("addcdiv", lambda d: kind(torch.addcdiv(_f(d), _f(d), _f("cpu"))))
two_devices("mse_loss", lambda d: kind(F.mse_loss(_f(d), _f("cpu"))))
two_devices("smooth_l1_loss", lambda d: kind(F.smooth_l1_loss(_f(d), _f("cpu"))))
two_devices("l1_loss", lambda d: kind(F.l1_loss(_f(d), _f("cpu"))))
two_devices("logits_loss", lambda d: kind(F.binary_cross_entropy_with_logits(_f(d), _f("cpu"))))
two_devices("kl_loss", lambda d: kind(F.kl_div(_f(d), _f("cpu"), reduction="sum")))
two_devices("where_value_on_cpu", lambda d: kind(torch.where(_f(d) > 0, _f("cpu"), _f(d))))
two_devices("index_fill", lambda d: kind(_f(d).index_fill_(0, _i("cpu", 0), 1.0)))
two_devices("number_of_the_device_and_cpu", lambda d: kind(_f("cpu") + torch.tensor(2.0, device=d)))

refused("mm", "mat2", "mm", lambda d: kind(_f(d, 2, 2) @ _f("cpu", 2, 2)))
refused("mm_cpu_first", "mat2", "mm", lambda d: kind(_f("cpu", 2, 2) @ _f(d, 2, 2)), cpu_first=True)
refused("bmm", "mat2", "bmm", lambda d: kind(torch.bmm(_f(d, 1, 2, 2), _f("cpu", 1, 2, 2))))
refused("matmul_of_batches", "mat2", "bmm", lambda d: kind(_f(d, 3, 2, 2) @ _f("cpu", 3, 2, 2)))
refused("matrix_times_vector", "mat", "addmv_", lambda d: kind(_f(d, 2, 2) @ _f("cpu")), cpu_first=True)
refused("dot", "tensor", "_dot", lambda d: kind(torch.dot(_f(d), _f("cpu"))))
refused("addmm", "mat1", "addmm", lambda d: kind(torch.addmm(_f(d, 2, 2), _f("cpu", 2, 2), _f(d, 2, 2))))
refused(
    "baddbmm", "batch1", "baddbmm", lambda d: kind(torch.baddbmm(_f(d, 1, 2, 2), _f("cpu", 1, 2, 2), _f(d, 1, 2, 2)))
)
refused("einsum", "mat2", "bmm", lambda d: kind(torch.einsum("ij,jk->ik", _f(d, 2, 2), _f("cpu", 2, 2))))
refused("linear", "mat1", "addmm", lambda d: kind(torch.nn.Linear(2, 2).to(d)(_f("cpu", 1, 2))))
refused("linear_left_behind", "mat1", "addmm", lambda d: kind(torch.nn.Linear(2, 2)(_f(d, 1, 2))), cpu_first=True)
refused("embedding", "index", "_index_select", lambda d: kind(torch.nn.Embedding(4, 2).to(d)(_i("cpu", 1))))
refused("index_select", "index", "_index_select", lambda d: kind(_f(d, 3).index_select(0, _i("cpu", 1))))
refused("gather", "index", "gather", lambda d: kind(_f(d, 2, 2).gather(0, torch.zeros(1, 2, dtype=torch.long))))
refused("scatter", "index", "scatter__src", lambda d: kind(_f(d).scatter_(0, _i("cpu", 0), _f(d, 1))))
refused("scatter_source", "src", "scatter__src", lambda d: kind(_f(d).scatter_(0, _i(d, 0), _f("cpu", 1))))
refused("scatter_add", "src", "scatter_add_", lambda d: kind(_f(d).scatter_add_(0, _i(d, 0), _f("cpu", 1))))
refused("index_add", "source", "index_add_", lambda d: kind(_f(d).index_add_(0, _i(d, 0), _f("cpu", 1))))
refused("index_copy", "index", "index_copy_", lambda d: kind(_f(d).index_copy_(0, _i("cpu", 0), _f(d, 1))))
refused("cat", "tensors", "cat", lambda d: kind(torch.cat([_f(d), _f("cpu")])))
refused("cat_cpu_first", "tensors", "cat", lambda d: kind(torch.cat([_f("cpu"), _f(d)])), cpu_first=True)
refused("stack", "tensors", "cat", lambda d: kind(torch.stack([_f("cpu"), _f(d)])), cpu_first=True)
refused("cross_entropy", "target", "nll_loss_forward", lambda d: kind(F.cross_entropy(_f(d, 2, 3), _i("cpu", 0, 1))))
refused(
    "cross_entropy_weight", "weight", "nll_loss_forward",
    lambda d: kind(F.cross_entropy(_f(d, 2, 3), _i(d, 0, 1), weight=_f("cpu", 3))),
)  # fmt: skip
refused(
    "layer_norm", "weight", "_native_layer_norm", lambda d: kind(torch.nn.LayerNorm(2).to(d)(_f("cpu", 2, 2))), True
)
refused(
    "batch_norm", "weight", "_native_batch_norm", lambda d: kind(torch.nn.BatchNorm1d(2).to(d)(_f("cpu", 3, 2))), True
)
refused(
    "group_norm", "weight", "_native_group_norm", lambda d: kind(torch.nn.GroupNorm(1, 2).to(d)(_f("cpu", 3, 2))), True
)
refused("grid_sample", "grid", "_grid_sampler_2d", lambda d: kind(
    F.grid_sample(_f(d, 1, 1, 2, 2), _f("cpu", 1, 1, 1, 2), align_corners=False)))  # fmt: skip
refused("bucketize", "boundaries", "Tensor_bucketize", lambda d: kind(torch.bucketize(_f(d), _f("cpu"))))
refused("isin", "test_elements", "isin_Tensor_Tensor", lambda d: kind(torch.isin(_i(d, 1), _i("cpu", 1))))
refused("cross", "other", "linalg_cross", lambda d: kind(torch.linalg.cross(_f(d, 3), _f("cpu", 3))))
refused("solve", "B", "_linalg_solve_ex", lambda d: kind(torch.linalg.solve(torch.eye(2, device=d), _f("cpu", 2, 1))))
refused("pairwise_distances", "x2", "__cdist_forward", lambda d: kind(torch.cdist(_f(d, 2, 2), _f("cpu", 2, 2))))
refused("whole_tensors_compared", "other", "_equal", lambda d: str(torch.equal(_f(d), _f("cpu"))))
refused("prelu", "weight", "__prelu_kernel", lambda d: kind(F.prelu(_f(d), _f("cpu", 1))))


@case("{d}:0 float32 [2] [3.0, 3.0] | {d}:0 float32 [2] [2.0, 2.0] | {d}:0 float32 [2] [3.0, 3.0]", source=ITERATOR)
def numbers_of_the_cpu_are_taken(d):
    two = torch.tensor(2.0)
    return told(_f(d) + two, two * _f(d), _f(d).add_(two))


@case("{d}:0 bool [2] [False, False] | {d}:0 float32 [2] [1.0, 1.0]", source=ITERATOR)
def numbers_of_the_cpu_in_comparisons(d):
    return told(_f(d) > torch.tensor(2.0), torch.minimum(_f(d), torch.tensor(2.0)))


@case("{d}:0 float32 [2] [1.0, 1.0]", source="aten/src/ATen/native/TensorCompare.cpp: scalars of the CPU in where")
def number_of_the_cpu_in_where(d):
    return told(torch.where(_f(d) > 0, _f(d), torch.tensor(0.0)))


@case(
    Like("RuntimeError: Expected condition, x and y to be on the same device, .*|" + SOME),
    source="aten/src/ATen/native/TensorCompare.cpp",
)
def where_condition_on_cpu(d):
    return kind(torch.where(_f("cpu") > 0, _f(d), _f(d)))


@case(
    Like("RuntimeError: (expected self and mask to be on the same device, but got mask on cpu and self on {d}:0|"
         + SOME[14:] + ")"),
    source="aten/src/ATen/native/cuda/IndexKernel.cpp",
    mps=Like("RuntimeError: (expected self and mask to be on the same device, but got mask on cpu and self on mps:0|"
             "Placeholder storage has not been allocated on MPS device!|" + SOME[14:] + ")"),
)  # fmt: skip
def masked_fill(d):
    return kind(_f(d).masked_fill(torch.tensor([True, False]), 0.0))


@case("{d}:0 float32 [2] [5.0, 1.0]", source="aten/src/ATen/native/cuda/IndexKernel.cpp: values without dimensions")
def masked_fill_with_a_number_of_the_cpu(d):
    return told(_f(d).masked_fill(torch.tensor([True, False], device=d), torch.tensor(5.0)))


@case(
    "RuntimeError: Input type (torch.FloatTensor) and weight type (torch.{d}.FloatTensor) should be the same or input "
    "should be a MKLDNN tensor and weight is a dense tensor",
    npu=OTHER_NAMES,
    xpu=OTHER_NAMES,
    source="aten/src/ATen/native/Convolution.cpp: check_input_same_type_as_parameters",
    mps=Like(r"RuntimeError: Input type \(torch.FloatTensor\) and weight type \("
             r"MPSFloatType\) should be the same.*"),
)  # fmt: skip
def convolution_of_a_tensor_of_the_cpu(d):
    return kind(torch.nn.Conv2d(3, 8, 5).to(d)(_f("cpu", 20, 3, 32, 32)))


@case(
    "RuntimeError: slow_conv2d_forward_mps: input(device='cpu') and weight(device={d}:0')  must be on the same device",
    source="aten/src/ATen/mps/MPSFallback.mm: slow_conv2d_forward_mps; public tracebacks",
    scope=MPS,
)
def small_convolution_of_a_tensor_of_the_cpu(d):
    return kind(torch.nn.Conv2d(1, 1, 3).to(d)(_f("cpu", 1, 1, 5, 5)))


@case(
    "RuntimeError: Input type (torch.{d}.FloatTensor) and weight type (torch.FloatTensor) should be the same",
    source="aten/src/ATen/native/Convolution.cpp: check_input_same_type_as_parameters; public tracebacks",
    mps=Like(r"RuntimeError: Input type \(MPSFloatType\) and weight type \("
             r"torch.FloatTensor\) should be the same"),
)  # fmt: skip
def convolution_with_weights_left_behind(d):
    return kind(torch.nn.Conv2d(3, 8, 5)(_f(d, 20, 3, 32, 32)))


@case(
    "RuntimeError: Input and parameter tensors are not at the same device, found input tensor at cpu and parameter "
    "tensor at {d}:0",
    source="aten/src/ATen/native/RNN.cpp: check_attributes",
)
def lstm_input(d):
    return kind(torch.nn.LSTM(2, 2).to(d)(_f("cpu", 3, 1, 2))[0])


@case(
    "RuntimeError: Input and hidden tensors are not at the same device, found input tensor at {d}:0 and hidden tensor "
    "at cpu",
    source="aten/src/ATen/native/RNN.cpp: check_attributes",
)
def gru_state(d):
    return kind(torch.nn.GRU(2, 2).to(d)(_f(d, 3, 1, 2), torch.zeros(1, 1, 2))[0])


@case(
    "RuntimeError: stft input and window must be on the same device but got self on {d}:0 and window on cpu",
    source="aten/src/ATen/native/SpectralOps.cpp",
)
def stft_window(d):
    return kind(torch.stft(_f(d, 64), 16, window=torch.hann_window(16), return_complex=True))


@case(
    "RuntimeError: tensor_split expected tensor_indices_or_sections to be on cpu, but it's on {d}:0",
    source="aten/src/ATen/native/TensorShape.cpp",
)
def split_by_a_tensor_there(d):
    return kind(*torch.tensor_split(_f(d), torch.tensor(2, device=d)))


@case(
    "RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor, but got 1D {d}:0 Long tensor",
    source="aten/src/ATen/native/PackedSequence.cpp",
)
def lengths_of_a_packed_sequence(d):
    lengths = torch.tensor([2, 1], device=d)
    packed = torch.nn.utils.rnn.pack_padded_sequence(_f(d, 2, 2, 1), lengths, batch_first=True)
    return kind(packed.data)


@case("{d}:0 [2, 1] cpu cpu", source="aten/src/ATen/native/PackedSequence.cpp: batch sizes stay on the CPU")
def packed_sequence(d):
    packed = torch.nn.utils.rnn.pack_padded_sequence(_f(d, 2, 2, 1), torch.tensor([2, 1]), batch_first=True)
    padded, lengths = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    return f"{padded.device} {lengths.tolist()} {lengths.device} {packed.batch_sizes.device}"


@case(
    Like("RuntimeError: Expected (all tensors to be on the same device|out tensor to have device {d}:0).*"),
    source=f"{ITERATOR}; torchgen/dest/register_dispatch_key.py: check of out",
)
def result_written_to_the_cpu(d):
    return kind(torch.add(_f(d), 1, out=torch.empty(2)))


@case(
    "RuntimeError: Expected all tensors to be on the same device, but got self is on cuda:0, different from other "
    "tensors on cpu (when checking argument in method wrapper_CUDA_mm_out_out)",
    source=f"{CHECKED}: out is looked at first",
    scope=CUDA,
)
def product_written_to_the_cpu(d):
    return kind(torch.mm(_f(d, 2, 2), _f(d, 2, 2), out=torch.empty(2, 2)))


@case(TWO, source=ITERATOR)
def buffer_that_was_not_registered(d):
    class Masked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(3))
            self.mask = torch.ones(3)

        def forward(self, x):
            return x * self.weight * self.mask

    return kind(Masked().to(d)(_f(d, 3)))


@case(
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, {d}:0 and {d}:1!",
    source=ITERATOR,
    scope=PAIR,
)
def add_on_two_devices(d):
    return kind(_f(f"{d}:0") + _f(f"{d}:1"))


@case(
    "RuntimeError: Expected all tensors to be on the same device, but got mat2 is on cuda:1, different from other "
    "tensors on cuda:0 (when checking argument in method wrapper_CUDA_mm)",
    source=CHECKED,
    scope=PAIR,
)
def mm_on_two_devices(d):
    return kind(_f(f"{d}:0", 2, 2) @ _f(f"{d}:1", 2, 2))


@case(
    "RuntimeError: Expected all tensors to be on the same device, but got tensors is on cuda:1, different from other "
    "tensors on cuda:0 (when checking argument in method wrapper_CUDA_cat)",
    source=CHECKED,
    scope=PAIR,
)
def cat_on_two_devices(d):
    return kind(torch.cat([_f(f"{d}:0"), _f(f"{d}:1")]))


@case(
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, {d}:1 and {d}:0!",
    source=ITERATOR,
    scope=PAIR,
)
def number_of_another_device(d):
    return kind(_f(f"{d}:1") + torch.tensor(1.0, device=f"{d}:0"))


@case(
    "AssertionError: The values for attribute 'device' do not match: {d}:0 != cpu.",
    source="torch/testing/_comparison.py",
)
def assert_close_looks_at_devices(d):
    torch.testing.assert_close(_f(d), _f("cpu"))
    return "close"


@case("True", source="torch/testing/_comparison.py: check_device=False")
def assert_close_without_devices(d):
    torch.testing.assert_close(_f(d), _f("cpu"), check_device=False)
    return "True"


@case(TWO, source=f"{ITERATOR}; torch/functional.py: allclose is composite")
def allclose(d):
    return str(torch.allclose(_f(d), _f("cpu")))


@case(
    "{d}:0 float32 [2] [1.0, 1.0] | cpu float32 [2] [1.0, 1.0]",
    source="aten: expand_as reads the shape alone",
    scope=ACCELERATED,
)
def shapes_of_another_device(d):
    return told(_f(d, 1).expand_as(_f("cpu")), _f("cpu", 2).view_as(_f(d)))
