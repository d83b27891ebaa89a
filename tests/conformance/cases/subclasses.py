"""Subclasses of tensors, and the classes of tensors and parameters."""

import torch
from declaration import ACCELERATED, CUDA, Like, case
from outcome import told
from torch import nn

SUBCLASS = "torch/csrc/autograd/python_variable.cpp, torch/_tensor.py"


class Named(torch.Tensor):
    """A subclass that only carries a name."""

    title = "named"


class Logged(torch.Tensor):
    seen: list[str] = []

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        cls.seen.append(function.__name__)
        return super().__torch_function__(function, types, args, kwargs or {})


class Scaled(torch.Tensor):
    """A wrapper without memory of its own, as quantised tensors are."""

    @staticmethod
    def __new__(cls, inner, factor):
        made = torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, device=inner.device)
        made.inner, made.factor = inner, factor
        return made

    @classmethod
    def __torch_dispatch__(cls, op, types, args=(), kwargs=None):
        plain = [one.inner * one.factor if isinstance(one, Scaled) else one for one in args]
        return op(*plain, **(kwargs or {}))


@case("True True True", source=SUBCLASS)
def classes(d):
    there = torch.ones(1, device=d)
    parameter = nn.Parameter(there)
    return f"{type(there) is torch.Tensor} {type(parameter) is nn.Parameter} {isinstance(parameter, torch.Tensor)}"


@case("Named Named {d}:0 named", source=SUBCLASS)
def subclass_is_kept(d):
    there = torch.ones(2, device=d).as_subclass(Named)
    return f"{type(there).__name__} {type(there + 1).__name__} {(there + 1).device} {(there * 2).title}"


@case("Named {d}:0 cpu", source=SUBCLASS)
def subclass_is_moved(d):
    there = torch.ones(2).as_subclass(Named).to(d)
    return f"{type(there).__name__} {there.device} {there.cpu().device}"


@case("['add'] {d}:0", source="torch/overrides.py")
def subclass_that_sees_functions(d):
    there = torch.ones(2, device=d).as_subclass(Logged)
    Logged.seen.clear()
    result = torch.add(there, 1)
    seen = list(Logged.seen)
    return f"{seen} {result.device}"


@case("{d}:0 float32 [2] [7.0, 7.0] | {d}:0", source="torch/_tensor.py: _make_wrapper_subclass")
def wrapper(d):
    wrapped = Scaled(torch.full((2,), 3.0, device=d), 2)
    return told(torch.add(wrapped, 1), wrapped.device)


@case("{d}:0 True", source="torch/nn/parameter.py")
def parameter_of_a_subclass(d):
    parameter = nn.Parameter(torch.ones(2, device=d).as_subclass(Named))
    return f"{parameter.device} {parameter.requires_grad}"


@case(
    Like("RuntimeError: The default implementation of __deepcopy__.. for non-wrapper subclasses only works for .*"),
    mps=Like("RuntimeError: The default implementation of __deepcopy__.. for wrapper subclasses only works for .*"),
    source="torch/_tensor.py: __deepcopy__, clones on MPS; measured with tensors of the CPU, 2.13",
)
def subclass_is_not_copied_deeply(d):
    import copy

    other = copy.deepcopy(torch.ones(1, device=d).as_subclass(Named))
    return f"{type(other).__name__} {other.device} {other.tolist()}"


@case("True True 2", source="torch/_tensor.py: __hash__ is that of the object")
def tensors_as_keys(d):
    first, second = torch.ones(1, device=d), torch.ones(1, device=d)
    table = {first: "first", second: "second"}
    return f"{first in table} {table[first] == 'first'} {len(table)}"


@case("True False True", source="torch/csrc/tensor/python_tensor.cpp", scope=CUDA)
def instances_of_legacy_types(d):
    there = torch.ones(1, device=d)
    kinds = (torch.cuda.FloatTensor, torch.FloatTensor, torch.Tensor)
    return " ".join(str(isinstance(there, kind)) for kind in kinds)


@case("alive True True", source="c10 PyObjectSlot: a tensor keeps its Python object", scope=ACCELERATED)
def attributes_of_a_tensor(d):
    there = torch.ones(1, device=d)
    there.note = "alive"
    held = [there]
    same = held[0] is there
    return f"{held[0].note} {same} {there.view(1)._base is there}"


@case("True", source="docs: weak references to tensors")
def weak_reference(d):
    import gc
    import weakref

    there = torch.ones(1, device=d)
    reference = weakref.ref(there)
    del there
    gc.collect()
    return str(reference() is None)
