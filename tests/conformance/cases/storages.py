"""Storages that tensors share, and that grow."""

import torch
from declaration import ACCELERATED, case
from outcome import told

RESIZED = "ATen/native/cuda/Resize.h: maybe_resize_storage_cuda; values as on the CPU, 2.13"
#: MPS's own storages do not resize from Python (torch/csrc/StorageMethods.cpp: only CPU, CUDA, HPU, MTIA, private ones)
RESIZING = ACCELERATED.without("mps", "torch/csrc/StorageMethods.cpp refuses MPS")


@case("32 32 | {d}:0 float32 [2, 2] [0.0, 1.0, 2.0, 3.0]", source="torch/csrc/StorageMethods.cpp", scope=RESIZING)
def storage_grows(d):
    one = torch.arange(4.0, device=d)
    other = one.view(2, 2)
    one.untyped_storage().resize_(32)
    return f"{one.untyped_storage().nbytes()} {other.untyped_storage().nbytes()} | {told(other)}"


@case("0 | {d}:0 float32 [4] [1.0, 1.0, 1.0, 1.0]", source="torch/csrc/StorageMethods.cpp", scope=RESIZING)
def storage_is_freed_and_comes_back(d):
    one = torch.arange(4.0, device=d)
    other = one.view(2, 2)
    one.untyped_storage().resize_(0)
    freed = other.untyped_storage().nbytes()
    one.untyped_storage().resize_(16)
    other.fill_(1)
    return f"{freed} | {told(one)}"


@case("{d}:0 float32 [4] [0.0, 0.0, 7.0, 7.0] | 28 2", source=RESIZED)
def resized_view_shares_its_storage(d):
    one = torch.zeros(4, device=d)
    view = one[2:]
    view.resize_(5).fill_(7)
    return f"{told(one)} | {one.untyped_storage().nbytes()} {view.storage_offset()}"


@case("24 | {d}:0 float32 [4] [0.0, 1.0, 3.0, 3.0]", source=RESIZED)
def set_beyond_the_end(d):
    one = torch.arange(4.0, device=d)
    other = torch.empty(0, device=d).set_(one.untyped_storage(), 2, (4,), (1,))
    other.fill_(3)
    return f"{one.untyped_storage().nbytes()} | {told(one)}"


@case("(1, 3) (3, 1) (24, 1, 8, 2)", source="ATen/native/Resize.h: resize_impl keeps the strides of the same shape")
def strides_of_what_is_resized(d):
    made = torch.zeros(2, 3, device=d).t()
    made.resize_(3, 2)
    same = made.stride()
    made.resize_(2, 3)
    last = torch.empty(0, device=d).resize_(1, 2, 3, 4, memory_format=torch.channels_last)
    return f"{same} {made.stride()} {last.stride()}"


@case("{d}:0 float32 [2, 2] [2.0, 2.0, 2.0, 2.0]", source="ATen/native/Resize.cpp: resize_output, which warns")
def out_of_another_shape(d):
    out = torch.zeros(3, device=d)
    torch.add(torch.ones(2, 2, device=d), 1, out=out)
    return told(out)


@case("{d}:0 float32 [4] [2.0, 2.0, 2.0, 2.0]", source="ATen/native/Resize.cpp: memory that is there is used")
def out_within_a_larger_storage(d):
    base = torch.zeros(4, device=d)
    torch.add(torch.ones(4, device=d), 1, out=base[:0])
    return told(base)
