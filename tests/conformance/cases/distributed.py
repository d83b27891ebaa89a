"""Data parallelism and torch.distributed."""

import os
import tempfile

import torch
import torch.distributed as dist
from declaration import ACCELERATED, CPU_BUILD, CUDA, EVERYWHERE, PAIR, SINGLE, WITHOUT, Like, case
from outcome import agrees, told
from torch import nn

PARALLEL = "torch/nn/parallel/data_parallel.py"


def _alone(backend):
    """A group of one process."""
    folder = tempfile.mkdtemp()
    dist.init_process_group(backend, init_method=f"file://{os.path.join(folder, 'store')}", rank=0, world_size=1)


@case("{d}:0 as on cpu, gradient {d}:0", source=PARALLEL, scope=CUDA)
def data_parallel(d):
    torch.manual_seed(0)
    layer = nn.Linear(2, 2)
    x = torch.randn(4, 2)
    here = layer(x)
    there = nn.DataParallel(layer.to(d))(x.to(d))
    there.sum().backward()
    return f"{agrees(there, here)}, gradient {layer.weight.grad.device}"


class Where(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return (x * 0 + self.weight.device.index).reshape(-1)


@case("[0.0, 0.0, 1.0, 1.0] cuda:0", source=f"{PARALLEL}: scatter, replicate, gather", scope=PAIR)
def data_parallel_over_two(d):
    y = nn.DataParallel(Where().to(d))(torch.ones(4, 1, device=d))
    return f"{y.tolist()} {y.device}"


@case("[0.0, 0.0, 0.0, 0.0] cuda:0", source=PARALLEL, scope=SINGLE.without("mps xpu npu", "DataParallel is for CUDA"))
def data_parallel_over_one(d):
    y = nn.DataParallel(Where().to(d))(torch.ones(4, 1))
    return f"{y.tolist()} {y.device}"


@case(
    "RuntimeError: module must have its parameters and buffers on device cuda:0 (device_ids[0]) but found one of them "
    "on device: cpu",
    source=f"{PARALLEL}: forward; a module for one device was moved when it was wrapped",
    scope=PAIR,
)
def data_parallel_of_a_module_on_the_cpu(d):
    return told(nn.DataParallel(nn.Linear(2, 2))(torch.ones(4, 2)).device)


@case(
    "cpu float32 [1] [1.0]",
    source=f"{PARALLEL}: without GPUs the module is called; measured on both builds",
    scope=WITHOUT,
)
def data_parallel_without_cuda(d):
    layer = nn.Linear(1, 1, bias=False)
    nn.init.ones_(layer.weight)
    return told(nn.DataParallel(layer)(torch.ones(1)))


@case("cuda:0 float32 [1] [1.0] | cuda:1 float32 [1] [2.0]", source="torch/nn/parallel/comm.py", scope=PAIR)
def scattered(d):
    return told(*torch.nn.parallel.scatter(torch.tensor([1.0, 2.0], device=d), [0, 1]))


@case("cuda:0 float32 [2] [1.0, 1.0]", source="torch/nn/parallel/comm.py", scope=PAIR)
def gathered(d):
    return told(torch.nn.parallel.gather([torch.ones(1, device="cuda:0"), torch.ones(1, device="cuda:1")], 0))


@case("True", source="torch/distributed/distributed_c10d.py", scope=EVERYWHERE)
def gloo_is_there(d):
    return str(dist.is_gloo_available())


@case("False", source="torch/distributed/distributed_c10d.py; measured on the CPU build, 2.13", scope=CPU_BUILD)
def nccl_is_not_there(d):
    return str(dist.is_nccl_available())


@case("True", source="torch/distributed/distributed_c10d.py: builds for CUDA on Linux have NCCL", scope=CUDA)
def nccl_is_there(d):
    return str(dist.is_nccl_available())


@case(
    "RuntimeError: Distributed package doesn't have NCCL built in",
    source="torch/distributed/distributed_c10d.py; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def group_of_nccl_without_cuda(d):
    _alone("nccl")
    return "made"


@case("1 0 [3.0]", source="torch/distributed: gloo on the CPU; measured on the CPU build, 2.13", scope=EVERYWHERE)
def group_of_gloo(d):
    _alone("gloo")
    try:
        here = torch.full((1,), 3.0)
        dist.all_reduce(here)
        return f"{dist.get_world_size()} {dist.get_rank()} {here.tolist()}"
    finally:
        dist.destroy_process_group()


@case("1 cuda:0 float32 [1] [3.0]", source="torch/distributed: nccl takes tensors of CUDA", scope=CUDA)
def group_of_nccl(d):
    _alone("nccl")
    try:
        there = torch.full((1,), 3.0, device=d)
        dist.all_reduce(there)
        return f"{dist.get_world_size()} {told(there)}"
    finally:
        dist.destroy_process_group()


@case(
    Like("(RuntimeError|ValueError): No backend type associated with device type cpu"),
    source="torch/csrc/distributed/c10d/ProcessGroup.hpp: getBackend",
    scope=CUDA,
)
def tensor_of_the_cpu_in_a_group_of_nccl(d):
    _alone("nccl")
    try:
        dist.all_reduce(torch.ones(1))
        return "reduced"
    finally:
        dist.destroy_process_group()


@case(
    "ValueError: DistributedDataParallel device_ids and output_device arguments only work with single-device/multiple-"
    "device GPU modules or CPU modules, but got device_ids [0], output_device None, and module parameters "
    "{device(type='cpu')}.",
    source="torch/nn/parallel/distributed.py; measured on both builds",
    scope=EVERYWHERE,
)
def distributed_module_on_the_cpu_with_ordinals(d):
    _alone("gloo")
    try:
        nn.parallel.DistributedDataParallel(nn.Linear(1, 1), device_ids=[0])
        return "made"
    finally:
        dist.destroy_process_group()


@case("{d}:0 as on cpu, gradient {d}:0", source="torch/nn/parallel/distributed.py", scope=ACCELERATED.without(
    "mps npu xpu", "gloo takes tensors of the CPU and of CUDA"))  # fmt: skip
def distributed_module(d):
    torch.manual_seed(0)
    layer = nn.Linear(2, 2)
    x = torch.randn(4, 2)
    here = layer(x)
    _alone("gloo")
    try:
        there = nn.parallel.DistributedDataParallel(layer.to(d), device_ids=[0])(x.to(d))
        there.sum().backward()
        return f"{agrees(there, here)}, gradient {layer.weight.grad.device}"
    finally:
        dist.destroy_process_group()
