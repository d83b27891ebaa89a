"""Data loaders and other processes."""

import multiprocessing
import os

import torch
from declaration import ACCELERATED, CUDA, EVERYWHERE, WITHOUT, Like, case
from outcome import kind, told
from torch.utils.data import DataLoader, Dataset, TensorDataset

WORKER = "torch/utils/data/_utils/worker.py"
BAD_FORK = (
    "RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
    "'spawn' start method"
)


class Numbers(Dataset):
    """Four numbers, made on a device in whichever process asks."""

    def __init__(self, device="cpu"):
        self.device = device

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return torch.tensor(float(index), device=self.device)


class Processes(Numbers):
    def __getitem__(self, index):
        return os.getpid()


def _told_by_worker(error):
    """What a worker raised: the loader hands its whole traceback on, of which the last line is the message."""
    return str(error).strip().splitlines()[-1]


@case("{d}:0 float32 [2] [0.0, 1.0] | {d}:0 float32 [2] [2.0, 3.0]", source=WORKER)
def batches_moved(d):
    return told(*(batch.to(d) for batch in DataLoader(Numbers(), batch_size=2)))


@case("{d}:0 float32 [2] [0.0, 1.0] | {d}:0 float32 [2] [2.0, 3.0]", source="torch/utils/data/_utils/collate.py")
def batches_of_tensors_there(d):
    return told(*DataLoader(Numbers(d), batch_size=2))


@case("{d}:0 float32 [2] [0.0, 1.0] | {d}:0 float32 [2] [2.0, 3.0]", source=WORKER)
def batches_of_forked_workers(d):
    torch.ones(1, device=d)
    return told(*(b.to(d) for b in DataLoader(Numbers(), 2, num_workers=1, multiprocessing_context="fork")))


@case("{d}:0 float32 [2] [0.0, 1.0] | {d}:0 float32 [2] [2.0, 3.0]", source=WORKER)
def batches_of_spawned_workers(d):
    torch.ones(1, device=d)
    return told(*(b.to(d) for b in DataLoader(Numbers(), 2, num_workers=1, multiprocessing_context="spawn")))


@case("2 False", source=WORKER)
def workers_are_processes(d):
    found = [int(p) for b in DataLoader(Processes(), 2, num_workers=2, multiprocessing_context="fork") for p in b]
    return f"{len(set(found))} {os.getpid() in found}"


@case(BAD_FORK, source="torch/cuda/__init__.py: _lazy_init", scope=CUDA)
def tensors_made_in_forked_workers(d):
    torch.ones(1, device=d)
    try:
        return told(*DataLoader(Numbers(d), 2, num_workers=1, multiprocessing_context="fork"))
    except RuntimeError as error:
        return _told_by_worker(error)


@case("True", source="torch/utils/data/_utils/pin_memory.py", scope=CUDA)
def batches_in_pinned_memory(d):
    loader = DataLoader(TensorDataset(torch.arange(4.0)), batch_size=2, pin_memory=True)
    return str(all(batch.is_pinned() for (batch,) in loader))


@case("True {d}:0", source="torch/utils/data/_utils/pin_memory.py", scope=CUDA)
def batches_of_workers_in_pinned_memory(d):
    loader = DataLoader(TensorDataset(torch.arange(4.0)), 2, pin_memory=True, num_workers=1)
    batches = [batch for (batch,) in loader]
    return f"{all(batch.is_pinned() for batch in batches)} {batches[0].to(d, non_blocking=True).device}"


@case("False False", source="torch/utils/data/dataloader.py: a warning; measured on both builds", scope=WITHOUT)
def pinned_memory_asked_of_a_loader_without_cuda(d):
    loader = DataLoader(TensorDataset(torch.arange(4.0)), batch_size=2, pin_memory=True)
    return " ".join(str(batch.is_pinned()) for (batch,) in loader)


@case("[1, 0, 2, 3]", source="torch/utils/data/sampler.py: a generator of the CPU; measured on the CPU build, 2.13",
      scope=EVERYWHERE)  # fmt: skip
def shuffled_by_a_generator(d):
    generator = torch.Generator().manual_seed(3)
    return str([int(one) for one in DataLoader(Numbers(), shuffle=True, generator=generator)])


@case(
    "RuntimeError: Expected a 'cpu' device type for generator but found '{d}'",
    source="torch/utils/data/dataloader.py: the base seed is drawn on the CPU; aten/src/ATen/core/Generator.h",
    mps=Like("RuntimeError: Expected a 'cpu' (generator device|device type for generator) but found 'mps(:0)?'"),
)
def shuffled_by_a_generator_there(d):
    generator = torch.Generator(device=d)
    return str([int(one) for one in DataLoader(Numbers(), shuffle=True, generator=generator)])


@case(
    "RuntimeError: Expected a '{d}' device type for generator but found 'cpu'",
    source="aten/src/ATen/core/Generator.h: the sampler's permutation is made on the default device",
    mps=Like("RuntimeError: Expected a 'mps(:0)?' (generator device|device type for generator) but found 'cpu'"),
)
def shuffled_under_a_default_device(d):
    torch.set_default_device(d)
    try:
        return str(len(list(DataLoader(Numbers(), shuffle=True, generator=torch.Generator("cpu")))))
    finally:
        torch.set_default_device(None)


def _answer(queue, device):
    import torch

    queue.put(str((torch.ones(1, device=device) * 2).tolist()))


@case("[2.0]", source="docs: CUDA needs the spawn start method")
def spawned_process_uses_the_device(d):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_answer, args=(queue, d))
    process.start()
    answer = queue.get(timeout=60)
    process.join()
    assert process.exitcode == 0
    return answer


def _complain(queue, device):
    try:
        torch.ones(1, device=device)
    except RuntimeError as error:
        queue.put(f"RuntimeError: {error}")
    else:
        queue.put("made")


@case(BAD_FORK, source="torch/cuda/__init__.py: _lazy_init", scope=CUDA)
def forked_process_uses_the_device(d):
    torch.ones(1, device=d)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=_complain, args=(queue, d))
    process.start()
    answer = queue.get(timeout=60)
    process.join()
    assert process.exitcode == 0
    return answer


@case("cpu float32 [1] | True", source="torch/multiprocessing/reductions.py", scope=ACCELERATED)
def memory_shared_between_processes(d):
    shared = torch.ones(1, device=d).cpu().share_memory_()
    return f"{kind(shared)} | {shared.is_shared()}"
