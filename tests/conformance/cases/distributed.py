"""Data parallelism and torch.distributed."""

import os
import tempfile

import torch
import torch.distributed as dist
from declaration import CPU_BUILD, CUDA, DRIVERLESS, EVERYWHERE, PAIR, SINGLE, WITHOUT, Like, case
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


@case("True", source="torch/distributed/distributed_c10d.py: it is asked what was built", scope=DRIVERLESS)
def nccl_is_there_without_gpus(d):
    return str(dist.is_nccl_available())


@case(
    "RuntimeError: Distributed package doesn't have NCCL built in",
    source="torch/distributed/distributed_c10d.py; measured on the CPU build, 2.13, and on builds for CUDA without a "
    "GPU, 2.2 and 2.15",
    scope=WITHOUT,
    driverless=Like(
        "ValueError: ProcessGroupNCCL is only supported with GPUs, no GPUs found!|"
        "RuntimeError: nccl2 requires at least one CUDA device"
    ),
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


def of_nccl(expected, name, run, scope=CUDA, source="ProcessGroupNCCL.cpp"):
    """A case in a group of one process, of nccl."""

    def alone(d):
        _alone("nccl")
        try:
            return run(d)
        finally:
            dist.destroy_process_group()

    alone.__name__ = name
    case(expected, source=f"torch/csrc/distributed/c10d/{source}", scope=scope)(alone)


def _reduced(tensor, op=dist.ReduceOp.SUM):
    dist.all_reduce(tensor, op)
    return told(tensor)


of_nccl(
    "nccl cuda:nccl",
    "names_of_a_group_of_nccl",
    lambda d: f"{dist.get_backend()} {dist.get_backend_config()}",
    source="../../../distributed/distributed_c10d.py: BackendConfig",
)
of_nccl(
    Like("TypeError: Input tensor data type is not supported for NCCL process group: Short"),
    "numbers_that_nccl_does_not_know",
    lambda d: _reduced(torch.ones(1, dtype=torch.int16, device=d)),
    source="ProcessGroupNCCL.cpp: getNcclDataType",
)
of_nccl(
    "ValueError: Tensors must be contiguous",
    "columns_in_a_group_of_nccl",
    lambda d: _reduced(torch.ones(2, 2, device=d)[:, 0]),
    source="ProcessGroupNCCL.cpp: check_gpu_single_tensor",
)
of_nccl(
    "ValueError: Cannot use ReduceOp.BAND with NCCL",
    "bits_in_a_group_of_nccl",
    lambda d: _reduced(torch.ones(1, dtype=torch.int32, device=d), dist.ReduceOp.BAND),
    source="ProcessGroupNCCL.cpp: getNcclReduceOp",
)
of_nccl(
    "TypeError: Cannot use ReduceOp.AVG with boolean inputs",
    "mean_of_booleans",
    lambda d: _reduced(torch.ones(1, dtype=torch.bool, device=d), dist.ReduceOp.AVG),
    source="ProcessGroupNCCL.cpp: getNcclReduceOp",
)
of_nccl(
    "cuda:0 bfloat16 [1] [2.0]",
    "mean_in_a_group_of_nccl",
    lambda d: _reduced(torch.full((1,), 2.0, dtype=torch.bfloat16, device=d), dist.ReduceOp.AVG),
)
of_nccl(
    "ValueError: output tensor size must be equal to world_size times input tensor size",
    "gathered_into_too_much",
    lambda d: str(dist.all_gather_into_tensor(torch.ones(3, device=d), torch.ones(2, device=d))),
    source="ProcessGroupNCCL.cpp: _allgather_base",
)
of_nccl(
    "RuntimeError: Split sizes doesn't match total dim 0 size",
    "split_into_too_little",
    lambda d: str(dist.all_to_all_single(torch.ones(3, device=d), torch.ones(3, device=d), [2], [3])),
    source="Utils.hpp: checkSplitSizes",
)
of_nccl(
    "RuntimeError: Tensors must be on the same device",
    "exchanged_between_gpus",
    lambda d: str(dist.all_to_all([torch.ones(1, device="cuda:1")], [torch.ones(1, device="cuda:0")])),
    source="ProcessGroupNCCL.cpp: alltoall",
    scope=PAIR,
)


def _later(d):
    work = dist.all_reduce(torch.full((1,), 3.0, device=d), async_op=True)
    half = work.get_future().then(lambda done: done.value()[0] / 2)
    return f"{work.wait()} {told(half.wait())}"


def _objects(d):
    found = [None]
    dist.all_gather_object(found, {"a": 1})
    return str(found)


of_nccl("True cuda:0 float32 [1] [1.5]", "future_of_a_group_of_nccl", _later, source="Work.hpp: getFuture")
of_nccl("[{'a': 1}]", "objects_in_a_group_of_nccl", _objects, source="../../../distributed/distributed_c10d.py")


@case(
    "cuda:0 float32 [1] [1.0] | cpu float32 [1] [1.0] cpu:gloo,cuda:nccl",
    source="torch/distributed/distributed_c10d.py: BackendConfig",
    scope=CUDA,
)
def group_of_both(d):
    _alone("cpu:gloo,cuda:nccl")
    try:
        there, here = torch.ones(1, device=d), torch.ones(1)
        dist.all_reduce(there)
        dist.all_reduce(here)
        return f"{told(there, here)} {dist.get_backend_config()}"
    finally:
        dist.destroy_process_group()


@case(
    "torch.distributed.distributed_c10d.ProcessGroup cuda:0 True",
    source="torch/distributed/distributed_c10d.py: init_process_group(device_id=), split_group",
    scope=CUDA,
)
def group_bound_to_a_gpu(d):
    folder = tempfile.mkdtemp()
    where = f"file://{os.path.join(folder, 'store')}"
    dist.init_process_group("nccl", init_method=where, rank=0, world_size=1, device_id=torch.device(d, 0))
    try:
        part = dist.split_group(split_ranks=[[0]])
        there = torch.ones(1, device=d)
        dist.all_reduce(there, group=part)
        kind = type(part)
        return f"{kind.__module__}.{kind.__name__} {dist.group.WORLD.bound_device_id} {there.item() == 1}"
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


def _trained(d, backend, **options):
    """Two steps of a module in parallel, and what the last one comes to."""
    torch.manual_seed(0)
    layer = nn.Linear(2, 2)
    x = torch.randn(4, 2)
    here = layer(x)
    _alone(backend)
    try:
        module = nn.parallel.DistributedDataParallel(layer.to(d), device_ids=[0], **options)
        for _ in range(2):
            there = module(x.to(d))
            there.sum().backward()
        return f"{agrees(there, here)}, gradient {layer.weight.grad.device}"
    finally:
        dist.destroy_process_group()


@case("{d}:0 as on cpu, gradient {d}:0", source="torch/nn/parallel/distributed.py", scope=CUDA)
def distributed_module(d):
    return _trained(d, "gloo")


@case("{d}:0 as on cpu, gradient {d}:0", source="torch/nn/parallel/distributed.py", scope=CUDA)
def distributed_module_of_nccl(d):
    return _trained(d, "nccl")


@case("{d}:0 as on cpu, gradient {d}:0", source="torch/nn/parallel/distributed.py", scope=CUDA)
def distributed_module_that_looks_for_unused_parameters(d):
    return _trained(d, "nccl", find_unused_parameters=True, gradient_as_bucket_view=True)


@case("{d}:0 as on cpu, gradient {d}:0", source="torch/nn/parallel/distributed.py", scope=CUDA)
def distributed_module_of_a_static_graph(d):
    return _trained(d, "nccl", static_graph=True)
