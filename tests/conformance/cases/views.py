"""Views, memory in common, and changes in place."""

import torch
from declaration import case
from outcome import kind, told

VIEWS = "docs: tensor views; values as on the CPU, 2.13"


@case("{d}:0 float32 [6] [0.0, 1.0, 2.0, 0.0, 0.0, 5.0] True True", source=VIEWS)
def writing_through_a_view(d):
    base = torch.arange(6.0, device=d)
    view = base.view(2, 3)[1, :2]
    view.zero_()
    return f"{told(base)} {view._is_view()} {view._base is base}"


@case("[3, 2] (1, 3) False True", source=VIEWS)
def transposed(d):
    view = torch.arange(6.0, device=d).view(2, 3).t()
    return f"{list(view.shape)} {view.stride()} {view.is_contiguous()} {view.contiguous().is_contiguous()}"


@case("[2, 3, 1] [6] [3, 2, 1] [1, 6]", source=VIEWS)
def shapes(d):
    there = torch.arange(6.0, device=d).view(2, 3)
    made = (there.unsqueeze(-1), there.flatten(), there.expand(1, 2, 3).permute(2, 1, 0), there.reshape(1, -1))
    return " ".join(str(list(one.shape)) for one in made)


@case(
    "{d}:0 float32 [2, 2] [0.0, 1.0, 3.0, 4.0] | {d}:0 float32 [1, 3] [3.0, 4.0, 5.0] | {d}:0 float32 [2] [2.0, 5.0]",
    source=VIEWS,
)
def pieces(d):
    there = torch.arange(6.0, device=d).view(2, 3)
    return told(there.split(2, 1)[0], there.chunk(2)[1], there.unbind(1)[2])


@case("True True False", source=VIEWS)
def memory_in_common(d):
    there = torch.arange(4.0, device=d)
    same = there.data_ptr()
    return (
        f"{there.view(2, 2).data_ptr() == same} {there.detach().data_ptr() == same} {there.clone().data_ptr() == same}"
    )


@case("{d}:0 float32 [3] [1.0, 3.0, 5.0]", source=VIEWS)
def every_second(d):
    return told(torch.arange(6.0, device=d)[1::2])


@case("{d}:0 float32 [2, 2] [0.0, 1.0, 1.0, 2.0]", source=VIEWS)
def windows(d):
    return told(torch.arange(3.0, device=d).unfold(0, 2, 1))


@case("{d}:0 float32 [2, 2] [0.0, 2.0, 1.0, 3.0]", source=VIEWS)
def as_strided(d):
    return told(torch.arange(4.0, device=d).as_strided((2, 2), (1, 2)))


@case("{d}:0 float32 [2] [0.0, 3.0] | {d}:0 float32 [2, 2] [9.0, 1.0, 2.0, 9.0]", source=VIEWS)
def diagonals(d):
    there = torch.arange(4.0, device=d).view(2, 2)
    before = there.diagonal().clone()
    there.diagonal().fill_(9.0)
    return told(before, there)


@case("{d}:0 float32 [4] 16 | {d}:0 float32 [3, 1] [1.0, 1.0, 1.0]", source="aten/src/ATen/native/Resize.cpp")
def changing_shape_in_place(d):
    grown = torch.ones(2, device=d).resize_(4)
    return f"{kind(grown)} {grown.untyped_storage().nbytes()} | {told(torch.ones(1, 3, device=d).t_())}"


@case("{d}:0 float32 [2, 2] [1.0, 1.0, 1.0, 1.0] True", source="aten/src/ATen/native/TensorFactories.cpp: set_")
def taking_the_memory_of_another(d):
    one, other = torch.ones(1, device=d), torch.ones(2, 2, device=d)
    one.set_(other)
    return f"{told(one)} {one.data_ptr() == other.data_ptr()}"


@case("{d}:0 complex64 [1] [-2j] | {d}:0 float32 [1, 2] [0.0, 2.0] | {d}:0 float32 [1] [2.0]", source=VIEWS)
def complex_views(d):
    there = torch.tensor([2j], device=d)
    return told(there.conj().resolve_conj(), torch.view_as_real(there), there.imag)


@case("True False {d}:0 complex64 [1] [(1-1j)]", source="aten/src/ATen/ConjugateFallback.cpp: the conjugate bit")
def lazy_conjugate(d):
    lazy = torch.tensor([1 + 1j], device=d).conj()
    return f"{lazy.is_conj()} {lazy.resolve_conj().is_conj()} {told(lazy * 1)}"


@case("True False (48, 1, 12, 3)", source="docs: channels last")
def channels_last(d):
    there = torch.ones(2, 3, 4, 4, device=d).to(memory_format=torch.channels_last)
    return f"{there.is_contiguous(memory_format=torch.channels_last)} {there.is_contiguous()} {there.stride()}"


@case("{d}:0 int32 [1] [1065353216] | {d}:0 uint8 [4] [0, 0, 128, 63]", source="values as on the CPU, 2.13")
def bits_as_another_type(d):
    there = torch.ones(1, device=d)
    return told(there.view(torch.int32), there.view(torch.uint8))


@case(
    "{d}:0 float32 [3] [0.0, 7.0, 2.0] | {d}:0 float32 [2] [1.0, 2.0]",
    source="torch/csrc/autograd/variable.cpp: set_data",
)
def data_of_a_parameter(d):
    there = torch.nn.Parameter(torch.arange(3.0, device=d))
    there.data[1] = 7
    other = torch.nn.Parameter(torch.zeros(2, device=d))
    other.data = torch.tensor([1.0, 2.0], device=d)
    return told(there, other)


@case("0 1 2 2", source="c10/core/VariableVersion.h")
def versions_count_changes(d):
    there = torch.ones(2, device=d)
    seen = [there._version]
    there.add_(1)
    seen.append(there._version)
    there[0].zero_()
    seen.append(there._version)
    return f"{seen[0]} {seen[1]} {seen[2]} {there.detach()._version}"


@case("{d}:0 float32 [2] [2.0, 2.0] | {d}:0 float32 [2] [3.0, 3.0]", source="docs: out")
def results_written_to_a_tensor(d):
    empty, given = torch.empty(0, device=d), torch.zeros(2, device=d)
    torch.add(torch.ones(2, device=d), 1, out=empty)
    torch.add(torch.ones(2, device=d), 2, out=given)
    return told(empty, given)


@case("{d}:0 float32 [4] [1.0, 5.0, 0.0, 5.0]", source="values as on the CPU, 2.13")
def result_written_to_a_view(d):
    there = torch.tensor([1.0, 0.0, 0.0, 0.0], device=d)
    torch.add(torch.ones(2, device=d), 4, out=there[1::2])
    return told(there)


@case("{d}:0 float32 [2] [4.0, 4.0] True", source="docs: in-place operators return their operand")
def operators_in_place(d):
    there = torch.ones(2, device=d)
    same = there
    there += 1
    there *= 2
    return f"{told(there)} {there is same}"


@case(
    "RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory "
    "location. Please clone() the tensor before performing the operation.",
    source="aten/src/ATen/MemoryOverlap.cpp; measured on the CPU build, 2.13",
)
def writing_to_an_expanded_tensor(d):
    return told(torch.zeros(1, device=d).expand(3).add_(1))


@case("{d}:0 float32 [3] [0.0, 2.0, 4.0] True", source="torch/_tensor.py, storage.py: share the new memory")
def storage_is_one_of_all_views(d):
    there = torch.arange(5.0, device=d)
    view = there[::2]
    same = view.untyped_storage().data_ptr() == there.untyped_storage().data_ptr()
    return f"{told(view)} {same}"
