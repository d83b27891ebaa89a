"""Half precision, autocast and scaling of gradients."""

import numpy as np
import torch
from declaration import ACCELERATED, CUDA, MPS, WITHOUT, Like, case
from outcome import kind, told

AUTOCAST = "aten/src/ATen/autocast_mode.h, torch/amp/autocast_mode.py"
CASTS = ACCELERATED.without("npu", "torch_npu registers its own casts")
SCALED = ACCELERATED.without("npu", "torch_npu brings its own scaler")


def _type(tensor):
    return str(tensor.dtype).removeprefix("torch.")


@case("float16 float32 float16 {d}:0", source=AUTOCAST, scope=CASTS)
def autocast(d):
    x, layer = torch.ones(2, 2, device=d), torch.nn.Linear(2, 2).to(d)
    with torch.autocast(d):
        y = layer(x)
        return f"{_type(y)} {_type(y.softmax(-1))} {_type(x @ x)} {y.device}"


@case("bfloat16 float32", source=AUTOCAST, scope=CASTS)
def autocast_to_bfloat16(d):
    x = torch.ones(2, 2, device=d)
    with torch.autocast(d, dtype=torch.bfloat16):
        return f"{_type(x @ x)} {_type((x @ x).log_softmax(0))}"


@case("float32 float16 float32", source=AUTOCAST, scope=CASTS)
def autocast_nested_and_off(d):
    x = torch.ones(2, 2, device=d)
    with torch.autocast(d):
        with torch.autocast(d, enabled=False):
            inner = x @ x
        return f"{_type(inner)} {_type(x @ x)} {_type(x + x)}"


@case("float32 bfloat16", source=f"{AUTOCAST}: each device type has its own", scope=CASTS)
def autocast_of_the_cpu_leaves_others(d):
    there, here = torch.ones(2, 2, device=d), torch.ones(2, 2)
    with torch.autocast("cpu"):
        return f"{_type(there @ there)} {_type(here @ here)}"


@case("True False float16", source=AUTOCAST, scope=CUDA)
def autocast_by_its_old_name(d):
    with torch.cuda.amp.autocast():
        inside, kind_of_product = (
            torch.is_autocast_enabled(),
            _type(torch.ones(1, 1, device=d) @ torch.ones(1, 1, device=d)),
        )
    return f"{inside} {torch.is_autocast_enabled()} {kind_of_product}"


@case("True torch.float16", source="torch/csrc/autograd/init.cpp", scope=CASTS)
def autocast_is_asked_by_device_type(d):
    with torch.autocast(d):
        return f"{torch.is_autocast_enabled(d)} {torch.get_autocast_dtype(d)}"


@case("float32 {d}:0 float16", source=f"{AUTOCAST}: weights keep their type, and gradients", scope=CASTS)
def gradients_under_autocast(d):
    layer = torch.nn.Linear(2, 2).to(d)
    with torch.autocast(d):
        y = layer(torch.ones(1, 2, device=d))
    y.float().sum().backward()
    return f"{_type(layer.weight.grad)} {layer.weight.grad.device} {_type(y)}"


@case("float32 float16", source="torch/amp/autocast_mode.py: custom_fwd", scope=CUDA)
def function_that_says_its_own_type(d):
    class Squared(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cuda", cast_inputs=torch.float32)
        def forward(ctx, x):
            return x @ x

        @staticmethod
        @torch.amp.custom_bwd(device_type="cuda")
        def backward(ctx, gradient):
            return gradient

    x = torch.ones(2, 2, device=d, dtype=torch.float16)
    with torch.autocast(d):
        return f"{_type(Squared.apply(x))} {_type(x @ x)}"


@case(
    "ValueError: Expected `device_type` of type `str`, got: `<class 'torch.device'>`",
    source="torch/amp/autocast_mode.py; measured on the CPU build, 2.13",
)
def autocast_of_a_device_object(d):
    with torch.autocast(torch.device(d)):
        return "entered"


@case("128.0 True {d}:0 float32", source="torch/amp/grad_scaler.py", scope=SCALED)
def scaled_training(d):
    layer = torch.nn.Linear(2, 1).to(d)
    optimizer, scaler = torch.optim.SGD(layer.parameters(), 0.1), torch.amp.GradScaler(d, init_scale=128.0)
    before = layer.weight.detach().clone()
    for _ in range(2):
        optimizer.zero_grad()
        with torch.autocast(d):
            loss = layer(torch.ones(4, 2, device=d)).float().pow(2).mean()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
    changed = not torch.equal(before, layer.weight)
    return f"{scaler.get_scale()} {changed} {layer.weight.grad.device} {_type(layer.weight.grad)}"


@case("64.0 True", source="torch/amp/grad_scaler.py: infinite gradients are not stepped", scope=SCALED)
def scaler_skips_infinite_gradients(d):
    weight = torch.nn.Parameter(torch.ones(1, device=d))
    optimizer, scaler = torch.optim.SGD([weight], 0.1), torch.amp.GradScaler(d, init_scale=128.0)
    scaler.scale(weight * float("inf")).backward()
    scaler.step(optimizer)
    scaler.update()
    return f"{scaler.get_scale()} {weight.item() == 1.0}"


@case("True 256.0 0", source="torch/amp/grad_scaler.py: state_dict", scope=CUDA)
def state_of_a_scaler(d):
    scaler = torch.amp.GradScaler(d, init_scale=256.0)
    scaler.scale(torch.ones(1, device=d))
    state = scaler.state_dict()
    return f"{scaler.is_enabled()} {state['scale']} {state['_growth_tracker']}"


@case("{d}:0 float16 [2, 4, 6, 6] | {d}:0 float16 [2, 2] | {d}:0 float16 [2, 2]", source="values as on the CPU, 2.13")
def half_precision(d):
    layer = torch.nn.Conv2d(3, 4, 3).to(d).half()
    x = torch.ones(2, 2, device=d).half()
    return kind(layer(torch.ones(2, 3, 8, 8, device=d).half()), x @ x, x.softmax(-1))


@case("{d}:0 float16 [1] [2.719] | {d}:0 bfloat16 [1] [2.719]", source="values as on the CPU, 2.13")
def exponentials_of_halves(d):
    return told(torch.ones(1, device=d).half().exp(), torch.ones(1, device=d).bfloat16().exp())


@case(
    "RuntimeError: mat1 and mat2 must have the same dtype, but got Float and Half",
    source="aten/src/ATen/native/cuda/Blas.cpp",
    mps=Like("RuntimeError: .*must have the same dtype.*"),
)
def half_weights_with_float_input(d):
    return kind(torch.nn.Linear(2, 2).to(d).half()(torch.ones(1, 2, device=d)))


@case(
    "RuntimeError: Input type (float) and bias type (c10::Half) should be the same",
    source="aten/src/ATen/native/Convolution.cpp: conv2d looks at the bias before it asks for a backend",
)
def half_convolution_with_float_input(d):
    return kind(torch.nn.Conv2d(3, 4, 3).to(d).half()(torch.ones(2, 3, 8, 8, device=d)))


@case(
    Like(r"RuntimeError: Input type \(.*Float(Tensor|Type)\) and weight type \(.*Half(Tensor|Type)\) should.*"),
    source="aten/src/ATen/native/Convolution.cpp: check_input_same_type_as_parameters",
)
def half_convolution_without_bias_with_float_input(d):
    return kind(torch.nn.Conv2d(3, 4, 3, bias=False).to(d).half()(torch.ones(2, 3, 8, 8, device=d)))


@case("{d}:0 float16 [1] [3.0] | {d}:0 float32 [1] [2.0]", source="aten/src/ATen/native/TypeProperties.cpp: promotion")
def promotion(d):
    half = torch.ones(1, device=d).half()
    return told(half + 2, half + torch.ones(1, device=d))


@case(
    Like("TypeError: Cannot convert a (MPS Tensor to float64 dtype|float64 Tensor to MPS) as the MPS framework .*"),
    source="aten/src/ATen/mps/EmptyTensor.cpp; public tracebacks",
    scope=MPS,
)
def mps_refuses_numbers_of_numpy(d):
    return told(torch.as_tensor(np.float64(1.5), device=d))


@case("{d}:0 float32 [1] [1.5]", source="torch/csrc/utils/tensor_new.cpp: Python numbers take the default type")
def numbers_take_the_default_type(d):
    return told(torch.tensor([1.5], device=d))


@case(
    "float32 False",
    source="torch/amp/autocast_mode.py: a warning, and no effect; measured on both builds",
    scope=WITHOUT,
)
def autocast_without_cuda(d):
    with torch.autocast("cuda"):
        return f"{_type(torch.ones(1, 1) @ torch.ones(1, 1))} {torch.is_autocast_enabled('cuda')}"


@case("False 1.0", source="torch/amp/grad_scaler.py: a warning, and disabled; measured on both builds", scope=WITHOUT)
def scaler_without_cuda(d):
    scaler = torch.amp.GradScaler("cuda")
    return f"{scaler.is_enabled()} {scaler.get_scale()}"
