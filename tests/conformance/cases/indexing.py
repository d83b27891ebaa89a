"""Reading and writing by index."""

import torch
from declaration import Like, case
from outcome import told

INDEX = "aten/src/ATen/native/TensorAdvancedIndexing.cpp, TensorIndexing.h"
REFUSED = "RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)"


@case("{d}:0 float32 [2] [2.0, 0.0] | {d}:0 float32 [1] [1.0]", source=INDEX)
def by_indices_of_the_cpu(d):
    there = torch.arange(3.0, device=d)
    return told(there[torch.tensor([2, 0])], there[torch.tensor([False, True, False])])


@case("{d}:0 float32 [2] [2.0, 0.0] | {d}:0 float32 [2] [1.0, 2.0]", source=INDEX)
def by_indices_there(d):
    there = torch.arange(3.0, device=d)
    return told(there[torch.tensor([2, 0], device=d)], there[there > 0])


@case(REFUSED, source=INDEX)
def cpu_by_indices_there(d):
    return told(torch.arange(3.0)[torch.tensor([2, 0], device=d)])


@case(REFUSED, source=INDEX)
def cpu_by_a_mask_there(d):
    return told(torch.arange(3.0)[torch.tensor([True, False, True], device=d)])


@case(
    "cpu float32 [] [1.0]",
    source="torch/csrc/autograd/python_variable_indexing.cpp: an integer tensor without dimensions is a number",
)
def cpu_by_a_number_there(d):
    return told(torch.arange(3.0)[torch.tensor(1, device=d)])


@case("{d}:0 float32 [2, 2] [4.0, 5.0, 0.0, 1.0]", source=INDEX)
def by_a_list_and_a_slice(d):
    return told(torch.arange(6.0, device=d).view(3, 2)[[2, 0], :])


@case("{d}:0 float32 [3] [9.0, 1.0, 9.0]", source=INDEX)
def writing_a_number_by_indices_of_the_cpu(d):
    there = torch.arange(3.0, device=d)
    there[torch.tensor([0, 2])] = 9.0
    return told(there)


@case("{d}:0 float32 [3] [0.0, 7.0, 7.0]", source=INDEX)
def writing_by_a_mask(d):
    there = torch.arange(3.0, device=d)
    there[there > 0] = 7.0
    return told(there)


@case(
    Like("RuntimeError: (expected device {d}:0 but got device cpu for value tensor|Expected all tensors to be on the "
         "same device.*|Placeholder storage has not been allocated on MPS device!)"),
    source=INDEX,
    cuda="RuntimeError: expected device cuda:0 but got device cpu for value tensor",
)  # fmt: skip
def writing_a_tensor_of_the_cpu_by_indices(d):
    there = torch.arange(3.0, device=d)
    there[torch.tensor([0, 2], device=d)] = torch.ones(2)
    return told(there)


@case(
    "{d}:0 float32 [3] [5.0, 1.0, 1.0]", source="torch/csrc/autograd/python_variable_indexing.cpp: slices are copied to"
)
def writing_a_tensor_of_the_cpu_to_a_slice(d):
    there = torch.zeros(3, device=d)
    there[1:] = torch.ones(2)
    there[0] = torch.tensor(5.0)
    return told(there)


@case(
    "cpu float32 [3] [0.0, 2.0, 2.0]", source="torch/csrc/autograd/python_variable_indexing.cpp: slices are copied to"
)
def writing_a_tensor_there_to_a_slice_of_the_cpu(d):
    here = torch.zeros(3)
    here[1:] = torch.full((2,), 2.0, device=d)
    return told(here)


@case("{d}:0 float32 [3] [2.0, 0.0, 1.0]", source=INDEX)
def adding_up_at_repeated_indices(d):
    there, where = torch.zeros(3, device=d), torch.tensor([0, 0, 2], device=d)
    return told(there.index_put_((where,), torch.ones(3, device=d), accumulate=True))


@case("{d}:0 int64 [2, 1] [0, 2] | {d}:0 int64 [2] [0, 2]", source="values as on the CPU, 2.13")
def where_it_is_not_zero(d):
    there = torch.tensor([1.0, 0.0, 2.0], device=d)
    return told(there.nonzero(), torch.where(there > 0)[0])


@case("{d}:0 float32 [2] [1.0, 2.0]", source="values as on the CPU, 2.13")
def masked_select(d):
    there = torch.tensor([1.0, 0.0, 2.0], device=d)
    return told(torch.masked_select(there, there > 0))


@case("{d}:0 float32 [2] [3.0, 2.0] | {d}:0 int64 [2] [0, 2]", source="values as on the CPU, 2.13")
def topk(d):
    values, where = torch.tensor([3.0, 1.0, 2.0], device=d).topk(2)
    return told(values, where)


@case("{d}:0 int64 [2] [1, 2] | {d}:0 int64 [3] [0, 1, 0]", source="values as on the CPU, 2.13")
def unique_with_inverse(d):
    found, inverse = torch.tensor([1, 2, 1], device=d).unique(return_inverse=True)
    return told(found, inverse)


@case("{d}:0 int64 [3] [1, 2, 0] | {d}:0 int64 [] [0]", source="values as on the CPU, 2.13")
def argsort_and_argmax(d):
    there = torch.tensor([3.0, 1.0, 2.0], device=d)
    return told(there.argsort(), there.argmax())


@case(
    "IndexError: index 5 is out of bounds for dimension 0 with size 3",
    source="aten/src/ATen/native/TensorShape.cpp: select; measured on the CPU build, 2.13",
)
def number_out_of_bounds(d):
    return told(torch.arange(3.0, device=d)[5])
