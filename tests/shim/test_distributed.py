"""Several processes, each with a GPU of its own: nccl over gloo, and modules in parallel."""

from __future__ import annotations

from conftest import Shell

LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
#: of each process that is launched
BEGIN = """\
import os
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

rank = int(os.environ["RANK"])
gpu = torch.device("cuda", rank)
torch.cuda.set_device(gpu)
dist.init_process_group("nccl")
size = dist.get_world_size()

def numbers(*values):
    return torch.tensor(values, dtype=torch.float32, device=gpu)

def raised(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")
"""


def launched(shell: Shell, program: str, world: str = "cuda-x2", status: int = 0) -> str:
    """What two processes say, each of which ends well; one that does not ends the launcher with 1."""
    script = shell.write("app.py", BEGIN + program + "\ndist.destroy_process_group()\n")
    done = shell.play(world, *LAUNCH, script, status=status, OMP_NUM_THREADS="1")
    return done.stdout + done.stderr


def test_collectives(shell: Shell) -> None:
    launched(
        shell,
        """
x = numbers(rank + 1)
work = dist.all_reduce(x, async_op=True)
assert work.wait() and work.is_completed() and x.tolist() == [3.0] and x.device == gpu
assert work.get_future().value()[0] is x
dist.broadcast(y := numbers(rank, rank), 1)
assert y.tolist() == [1, 1]
dist.all_gather(parts := [numbers(0), numbers(0)], numbers(rank))
assert torch.cat(parts).tolist() == [0, 1]
dist.all_gather(parts := [numbers(0), numbers(0, 0)], numbers(*[rank] * (rank + 1)))
assert torch.cat(parts).tolist() == [0, 1, 1]
dist.all_gather_into_tensor(whole := torch.zeros(1, 2, device=gpu), numbers(rank))
assert whole.tolist() == [[0, 1]]
dist.reduce_scatter_tensor(part := numbers(0), numbers(rank, rank + 2), op=dist.ReduceOp.AVG)
assert part.tolist() == [[0.5], [2.5]][rank]
dist.reduce_scatter(part := numbers(0), [numbers(1), numbers(2)])
assert part.tolist() == [[2], [4]][rank]
dist.all_to_all_single(mixed := numbers(0, 0), numbers(2 * rank, 2 * rank + 1))
assert mixed.tolist() == [[0, 2], [1, 3]][rank]
dist.reduce(total := numbers(rank + 1), 0)
assert total.tolist() == [[3], [2]][rank]
dist.gather(numbers(rank), held := [numbers(9), numbers(9)] if rank == 0 else None)
assert rank or torch.cat(held).tolist() == [0, 1]
dist.scatter(own := numbers(0), [numbers(5), numbers(6)] if rank == 0 else None)
assert own.item() == 5 + rank
dist.barrier()
dist.all_gather_object(found := [None, None], {"rank": rank})
assert found == [{"rank": 0}, {"rank": 1}]
alone = dist.new_group([0])
if rank == 0:
    dist.all_reduce(x, group=alone)
assert x.item() == 3
""",
    )


def test_point_to_point_and_several_at_once(shell: Shell) -> None:
    launched(
        shell,
        """
other = 1 - rank
received = numbers(0)
operations = [dist.P2POp(dist.irecv, received, other), dist.P2POp(dist.isend, numbers(rank + 7), other)]
works = dist.batch_isend_irecv(operations)
for work in works:
    work.wait()
assert len(works) == 1 and received.item() == other + 7
if rank == 0:
    dist.send(numbers(3), 1, tag=1)
else:
    dist.recv(received, 0, tag=2)  # NCCL does not look at tags
    assert received.item() == 3
xs = [numbers(rank), numbers(2 * rank, 1)]
with dist._coalescing_manager(device=gpu, async_ops=True) as several:
    for x in xs:
        dist.all_reduce(x)
several.wait()
assert torch.cat(xs).tolist() == [1, 2, 2]
""",
    )


def test_what_nccl_refuses(shell: Shell) -> None:
    launched(
        shell,
        """
assert raised(lambda: dist.all_reduce(torch.ones(1))) == (
    "RuntimeError: No backend type associated with device type cpu"
)
assert raised(lambda: dist.all_gather([torch.ones(1)] * 2, numbers(1))) == "ValueError: Tensors must be CUDA and dense"
assert raised(lambda: dist.recv(numbers(1))).startswith("NotImplementedError: ProcessGroupNCCL does not support")
bound = torch.device("cuda", 1 - rank)
assert raised(lambda: dist.all_to_all([numbers(1)] * 2, [numbers(1).to(bound)] * 2)) == (
    "RuntimeError: Tensors must be on the same device"
)
""",
    )


def test_two_processes_on_one_gpu(shell: Shell) -> None:
    """The usual mistake: nobody sets the device, or there are fewer than processes."""
    said = launched(
        shell,
        "torch.cuda.set_device(0)\ndist.all_reduce(torch.ones(1, device='cuda:0'))",
        status=1,
    )
    wrong = (
        "Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 1000",
        # a group that knows its device by the rank, as those of torch 2.15 do
        "Attempt to perform collective on tensor not on device passed to init_process_group",
    )
    assert "DistBackendError" in said
    assert any(text in said for text in wrong)


def test_a_module_in_parallel_learns_as_one_alone_does(shell: Shell) -> None:
    launched(
        shell,
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.unused = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(2, 2)

    def forward(self, x):
        return self.second(self.first(x).relu())

torch.manual_seed(0)
inputs, wanted = torch.randn(8, 4), torch.randn(8, 2)

def trained(module, net, x, y, accumulates=False):
    optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        if accumulates:
            with module.no_sync():
                (nn.functional.mse_loss(module(x[:2]), y[:2]) / 2).backward()
            (nn.functional.mse_loss(module(x[2:]), y[2:]) / 2).backward()
        else:
            nn.functional.mse_loss(module(x), y).backward()
        optimizer.step()
    return torch.cat([net.first.weight.flatten(), net.second.weight.flatten()]).detach().cpu()

def net():
    torch.manual_seed(1)
    return Net()

alone = net()
there = trained(alone, alone, inputs, wanted)
x, y = inputs.chunk(size)[rank].to(gpu), wanted.chunk(size)[rank].to(gpu)
for options in (
    {"find_unused_parameters": True, "device_ids": [rank]},
    {"find_unused_parameters": True, "gradient_as_bucket_view": True, "bucket_cap_mb": 1e-4},
    {"static_graph": True},
):
    here = net().to(gpu)
    if rank:
        nn.init.zeros_(here.first.weight)  # the others' parameters are those of the first
    module = DistributedDataParallel(here, **options)
    found = trained(module, here, x, y)
    assert torch.allclose(found, there, atol=1e-6), options
here = net().to(gpu)
here.unused = None
assert torch.allclose(trained(DistributedDataParallel(here), here, x, y, accumulates=True), there, atol=1e-6)

halved = DistributedDataParallel(nn.Linear(1, 1, bias=False).to(gpu))
def hook(state, bucket):
    return dist.all_reduce(bucket.buffer(), async_op=True).get_future().then(lambda done: done.value()[0] / 4)
halved.register_comm_hook(None, hook)
halved(numbers(rank + 1)).sum().backward()
assert halved.module.weight.grad.item() == 0.75 and halved.module.weight.grad.device == gpu

assert raised(lambda: DistributedDataParallel(nn.Linear(1, 1))).endswith("associated with device type cpu")
""",
    )


def test_statistics_of_all_processes(shell: Shell) -> None:
    """SyncBatchNorm in two processes computes what a batch norm of the whole batch does in one."""
    launched(
        shell,
        """
import copy

torch.manual_seed(0)
inputs = torch.randn(8, 3, 2, dtype=torch.float64)
alone = nn.Sequential(nn.BatchNorm1d(3), nn.Flatten()).double()
nn.init.normal_(alone[0].weight)
here = nn.SyncBatchNorm.convert_sync_batchnorm(copy.deepcopy(alone)).to(gpu)
given, there = inputs.clone().requires_grad_(), inputs.chunk(size)[rank].to(gpu).requires_grad_()
module = DistributedDataParallel(here, device_ids=[rank])
wanted, found = alone(given), module(there)
wanted.pow(3).sum().backward()
found.pow(3).sum().backward()

def agrees(one, other):
    return torch.allclose(one.detach().cpu(), other.detach())

assert agrees(found, wanted.chunk(size)[rank]) and agrees(there.grad, given.grad.chunk(size)[rank])
assert agrees(here[0].weight.grad * size, alone[0].weight.grad) and agrees(here[0].bias.grad * size, alone[0].bias.grad)
assert agrees(here[0].running_mean, alone[0].running_mean) and agrees(here[0].running_var, alone[0].running_var)
""",
    )


def test_sharded_parameters(shell: Shell) -> None:
    """Shards of a module learn as the whole does, whose memory is given back and taken again."""
    launched(
        shell,
        """
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard

torch.manual_seed(0)
inputs = torch.randn(8, 4)

def net():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))

def losses(module, x):
    optimizer = torch.optim.SGD(module.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        loss = module(x).pow(2).mean()
        loss.backward()
        optimizer.step()
        yield loss.detach()

wanted = torch.stack(list(losses(net(), inputs)))
sharded = net().to(gpu)
fully_shard(sharded[0])
fully_shard(sharded)
for module in (sharded, FullyShardedDataParallel(net().to(gpu), device_id=gpu)):
    found = torch.stack(list(losses(module, inputs.chunk(size)[rank].to(gpu))))
    dist.all_reduce(found, dist.ReduceOp.AVG)
    assert torch.allclose(found.cpu(), wanted, atol=1e-5), (type(module), found, wanted)
""",
    )


def test_spawned_processes_and_a_checkpoint(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import os
        import torch
        import torch.distributed as dist
        import torch.multiprocessing as mp
        from torch import nn
        from torch.nn.parallel import DistributedDataParallel

        def main(rank, size):
            gpu = torch.device("cuda", rank)
            where = f"file://{os.path.abspath('store')}"
            dist.init_process_group("cpu:gloo,cuda:nccl", init_method=where, rank=rank, world_size=size, device_id=gpu)
            dist.all_reduce(here := torch.ones(1))
            dist.all_reduce(there := torch.ones(1, device=gpu))
            assert here.item() == there.item() == size
            part = dist.split_group(split_ranks=[[0], [1]])
            dist.all_reduce(there, group=part)
            assert there.item() == size and part.size() == 1
            module = DistributedDataParallel(nn.Linear(1, 1).to(gpu), device_ids=[rank])
            if rank == 0:
                torch.save(module.state_dict(), "model.pt")
            dist.barrier(device_ids=[rank])
            state = torch.load("model.pt", map_location={"cuda:0": str(gpu)})
            assert {value.device for value in state.values()} == {gpu}
            module.load_state_dict(state)
            dist.destroy_process_group()

        if __name__ == "__main__":
            mp.spawn(main, (2,), 2)
        """,
    )
    shell.play("cuda-x2", script, OMP_NUM_THREADS="1")


def test_one_gpu_alone_and_what_is_not_played(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import tempfile
        import torch
        import torch.distributed as dist
        from torch import nn
        from devlint.shim import Unsupported

        def begin(backend):
            dist.init_process_group(backend, init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1)

        begin("nccl")
        module = nn.parallel.DistributedDataParallel(nn.Linear(1, 1).cuda(), device_ids=[0])
        module(torch.ones(1, 1, device="cuda")).sum().backward()
        assert module.module.weight.grad.tolist() == [[1.0]]
        dist.destroy_process_group()
        begin("gloo")
        x = torch.ones(1, device="cuda")
        dist.all_reduce(x)
        for call in (lambda: dist.recv(x), lambda: torch.cuda.nccl.unique_id()):
            try:
                call()
            except Unsupported:
                continue
            raise AssertionError("it is not played")
        dist.destroy_process_group()
        """,
    )
    done = shell.play("cuda", script)
    assert "recv_any_source_ of gloo" in done.stderr
    assert "torch.cuda.nccl.unique_id" in done.stderr


def test_groups_and_modules_that_come_and_go(shell: Shell) -> None:
    """What is the last to know a group waits for gloo's threads, which may still wait for Python."""
    script = shell.write(
        "app.py",
        """\
        import tempfile
        import torch
        import torch.distributed as dist
        from torch import nn

        def train():
            where = f"file://{tempfile.mktemp()}"
            dist.init_process_group("nccl", init_method=where, rank=0, world_size=1)
            module = nn.parallel.DistributedDataParallel(nn.Linear(1, 1).cuda(), device_ids=[0])
            module(torch.ones(1, 1, device="cuda")).sum().backward()
            dist.destroy_process_group()

        for _ in range(50):
            train()
        """,
    )
    shell.play("cuda", script, OMP_NUM_THREADS="1")
