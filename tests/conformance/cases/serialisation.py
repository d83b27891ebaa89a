"""Checkpoints: saved and loaded, in one world and across worlds."""

import io
import pickle
from unittest.mock import patch

import torch
from declaration import ACCELERATED, CUDA, EVERYWHERE, PAIR, WITHOUT, XPU, Like, case
from outcome import devices, told
from torch import nn

LOAD = "torch/serialization.py"
NO_CUDA = (
    "RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you "
    "are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your "
    "storages to the CPU."
)


def written_on(place):
    """A checkpoint that another machine wrote: one made here, with the name of that place in it."""
    with patch.object(torch.serialization, "location_tag", lambda storage: place):
        return _saved({"weight": torch.tensor([1.0, 2.0])})


def _saved(value):
    stream = io.BytesIO()
    torch.save(value, stream)
    stream.seek(0)
    return stream


@case("{d}:0 float32 [2] [1.0, 2.0]", source=LOAD)
def saved_and_loaded(d):
    return told(torch.load(_saved(torch.tensor([1.0, 2.0], device=d))))


@case(
    "cpu float32 [1] [1.0] | cpu float32 [1] [1.0] | cpu float32 [1] [1.0]",
    source=f"{LOAD}: MPS writes no ordinal",
    mps="cpu float32 [1] [1.0] | cpu float32 [1] [1.0] | mps:0 float32 [1] [1.0]",
)
def loaded_to_the_cpu(d):
    there = torch.ones(1, device=d)
    maps = ("cpu", lambda storage, place: storage, {f"{d}:0": "cpu"})
    return told(*(torch.load(_saved(there), map_location=place) for place in maps))


@case("{d}:0 float32 [1] [1.0] | {d}:0 float32 [1] [1.0]", source=LOAD)
def saved_on_the_cpu_and_loaded_there(d):
    here = torch.ones(1)
    return told(torch.load(_saved(here), map_location=d), torch.load(_saved(here), map_location=torch.device(d, 0)))


@case("{d}:0", source=f"{LOAD}: location_tag", mps="mps")
def place_in_a_checkpoint(d):
    seen = []
    torch.load(_saved(torch.ones(1, device=d)), map_location=lambda storage, place: seen.append(place) or storage)
    return seen[0]


@case(
    "RuntimeError: Attempting to deserialize object on CUDA device 7 but torch.cuda.device_count() is 1. Please use "
    "torch.load with map_location to map your storages to an existing device.",
    source=f"{LOAD}: _validate_device",
    scope=CUDA,
    cuda_x2="RuntimeError: Attempting to deserialize object on CUDA device 7 but torch.cuda.device_count() is 2. "
    "Please use torch.load with map_location to map your storages to an existing device.",
)
def loaded_to_an_ordinal_that_is_not_there(d):
    return told(torch.load(written_on("cuda:7"))["weight"])


@case(
    NO_CUDA,
    source=f"{LOAD}: _validate_device; measured on the CPU build, 2.13",
    scope=WITHOUT,
)
def cuda_checkpoint_without_cuda(d):
    return told(torch.load(written_on("cuda:0"))["weight"])


@case(
    NO_CUDA,
    source=f"{LOAD}: _validate_device",
    scope=ACCELERATED.without("cuda cuda-x2 cuda-cpu-requested", "CUDA is there"),
)
def cuda_checkpoint_on_another_accelerator(d):
    return told(torch.load(written_on("cuda:0"))["weight"])


@case("cpu float32 [2] [1.0, 2.0]", source=f"{LOAD}; measured on the CPU build, 2.13", scope=EVERYWHERE)
def cuda_checkpoint_mapped_to_the_cpu(d):
    return told(torch.load(written_on("cuda:0"), map_location="cpu")["weight"])


@case("cuda:0 float32 [2] [1.0, 2.0]", source=LOAD, scope=CUDA)
def cuda_checkpoint_with_cuda(d):
    return told(torch.load(written_on("cuda:0"))["weight"])


@case("cuda:1 float32 [2] [1.0, 2.0]", source=LOAD, scope=PAIR)
def checkpoint_of_the_second_device(d):
    return told(torch.load(written_on("cuda:1"))["weight"])


@case("cuda:0 float32 [2] [1.0, 2.0]", source=LOAD, scope=PAIR)
def checkpoint_of_the_second_device_mapped_to_the_first(d):
    return told(torch.load(written_on("cuda:1"), map_location={"cuda:1": "cuda:0"})["weight"])


@case("xpu:0 float32 [2] [1.0, 2.0]", source=LOAD, scope=XPU)
def xpu_checkpoint_with_xpu(d):
    return told(torch.load(written_on("xpu:0"))["weight"])


@case(
    "RuntimeError: don't know how to restore data location of torch.storage.UntypedStorage (tagged with npu:0)",
    source=f"{LOAD}: default_restore_location; measured on the CPU build, 2.13",
    scope=EVERYWHERE,
    npu="npu:0 float32 [2] [1.0, 2.0]",
)
def npu_checkpoint(d):
    return told(torch.load(written_on("npu:0"))["weight"])


@case("{d}:0 {d}:0 3", source=LOAD)
def checkpoint_of_training(d):
    model = nn.Linear(2, 2).to(d)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    model(torch.ones(1, 2, device=d)).sum().backward()
    optimizer.step()
    kept = torch.load(_saved({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": 3}))
    momenta = (state["momentum_buffer"] for state in kept["optimizer"]["state"].values())
    return f"{devices(kept['model'].values())} {devices(momenta)} {kept['step']}"


@case("<All keys matched successfully> {d}:0 True", source="torch/nn/modules/module.py: parameters are copied into")
def state_of_the_cpu_loaded_into_a_module_there(d):
    here, there = nn.Linear(2, 2), nn.Linear(2, 2).to(d)
    result = there.load_state_dict(here.state_dict())
    return f"{result} {there.weight.device} {torch.equal(there.weight.cpu(), here.weight)}"


@case("cpu False", source="torch/nn/modules/module.py: assign=True takes the tensors as they are")
def state_assigned_to_a_module_there(d):
    here, there = nn.Linear(2, 2), nn.Linear(2, 2).to(d)
    before = there.weight
    there.load_state_dict(here.state_dict(), assign=True)
    return f"{there.weight.device} {there.weight is before}"


@case("cpu True", source="torch/nn/modules/module.py: parameters are copied into")
def state_from_there_loaded_into_a_module_of_the_cpu(d):
    here, there = nn.Linear(2, 2), nn.Linear(2, 2).to(d)
    here.load_state_dict(there.state_dict())
    return f"{here.weight.device} {torch.equal(here.weight, there.weight.cpu())}"


@case("{d}:0 float32 [1] [1.0] | {d}:0 True", source="torch/_tensor.py: __reduce_ex__")
def pickled(d):
    tensor = pickle.loads(pickle.dumps(torch.ones(1, device=d)))
    parameter = pickle.loads(pickle.dumps(nn.Parameter(torch.ones(1, device=d))))
    return f"{told(tensor)} | {parameter.device} {parameter.requires_grad}"


@case("{d}:0 True", source=f"{LOAD}: storages are saved once")
def views_share_memory_after_loading(d):
    there = torch.arange(6.0, device=d)
    first, second = torch.load(_saved([there[:3], there[3:]]))
    same = first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
    return f"{first.device} {same}"


@case("{d}:0 {d}:0 True", source="torch/nn/modules/module.py", scope=ACCELERATED)
def whole_module(d):
    module = nn.Linear(2, 2).to(d)
    other = torch.load(_saved(module), weights_only=False)
    return f"{module.weight.device} {other.weight.device} {torch.equal(module.weight, other.weight)}"


@case("{d}:0 float32 [2, 2] (1, 2)", source=f"{LOAD}: strides are kept")
def strides_in_a_checkpoint(d):
    other = torch.load(_saved(torch.ones(2, 2, device=d).t()))
    return f"{other.device} {str(other.dtype)[6:]} {list(other.shape)} {other.stride()}"


@case("{d}:0 float32 [1] [1.0]", source=f"{LOAD}: the format before 1.6")
def format_without_zip(d):
    stream = io.BytesIO()
    torch.save(torch.ones(1, device=d), stream, _use_new_zipfile_serialization=False)
    stream.seek(0)
    return told(torch.load(stream))


@case("cpu float32 [1] [1.0]", source="docs: mmap and map_location")
def mapped_into_memory(d):
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "there.pt")
        torch.save(torch.ones(1, device=d), path)
        return told(torch.load(path, map_location="cpu", mmap=True).clone())


@case(
    Like("UnpicklingError: Weights only load failed.*"),
    source=f"{LOAD}: weights_only is the default from 2.6",
    scope=EVERYWHERE,
)
def module_as_weights_only(d):
    return str(torch.load(_saved(nn.Linear(1, 1))))


@case("{d}:0 float32 [1] [2.0] | {d}:0", source="torch/storage.py: deep copies stay where they are")
def copied_deeply(d):
    import copy

    there = torch.ones(1, device=d)
    other = copy.deepcopy({"tensor": there, "place": there.device})
    other["tensor"] += 1
    assert there.item() == 1.0
    return told(other["tensor"], other["place"])
