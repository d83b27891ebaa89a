"""Programs that are captured: torch.compile and torch.export; operators of one's own."""

import torch
from declaration import ACCELERATED, CUDA, Like, case
from outcome import agrees, told
from torch import nn

DYNAMO = "torch/_dynamo; values as on the CPU, 2.13"
REGISTERED = "torch/library.py; the dispatcher's text: aten/src/ATen/core/dispatch/OperatorEntry.cpp"


def double(x):
    return torch.relu(x * 2 - 1)


@case("{d}:0 float32 [3] [0.0, 1.0, 3.0]", source=DYNAMO, scope=CUDA)
def compiled_function(d):
    return told(torch.compile(double)(torch.arange(3.0, device=d)))


@case("{d}:0 float32 [3] [0.0, 2.0, 2.0]", source=DYNAMO, scope=CUDA)
def gradient_of_a_compiled_function(d):
    x = torch.arange(3.0, device=d, requires_grad=True)
    torch.compile(double, fullgraph=True)(x).sum().backward()
    return told(x.grad)


@case("{d}:0 as on cpu", source="torch/export", scope=ACCELERATED.without("npu", "torch_npu has its own"))
def exported_module(d):
    module = nn.Linear(3, 2)
    here, x = module(torch.ones(1, 3)), torch.ones(1, 3, device=d)
    return agrees(torch.export.export(module.to(d), (x,)).module()(x), here)


@torch.library.custom_op("conformance::doubled", mutates_args=(), device_types="cuda")
def doubled(x: torch.Tensor) -> torch.Tensor:
    return x * 2


@torch.library.custom_op("conformance::halved", mutates_args=(), device_types="cpu")
def halved(x: torch.Tensor) -> torch.Tensor:
    return x / 2


@case("{d}:0 float32 [2] [2.0, 2.0]", source=REGISTERED, scope=CUDA)
def operator_for_cuda(d):
    return told(doubled(torch.ones(2, device=d)))


@case(
    Like(r"NotImplementedError: Could not run 'conformance::doubled' with arguments from the 'CPU' backend\..*"),
    source=REGISTERED, scope=CUDA,
)  # fmt: skip
def operator_for_cuda_on_the_cpu(d):
    return told(doubled(torch.ones(2)))


@case(
    Like(r"NotImplementedError: Could not run 'conformance::halved' with arguments from the 'CUDA' backend\..*"),
    source=REGISTERED, scope=CUDA,
)  # fmt: skip
def operator_for_the_cpu_on_cuda(d):
    return told(halved(torch.ones(2, device=d)))


@case(
    Like(r"NotImplementedError: Could not run 'quantized::linear_dynamic' with arguments from the 'CUDA' backend\..*"),
    source="the dispatcher of torch 2.15 for CUDA has no kernel for it (measured without a GPU)", scope=CUDA,
)  # fmt: skip
def quantized_layer(d):
    layers = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(3, 2)), {nn.Linear})
    return told(layers.to(d)(torch.ones(1, 3, device=d)))
