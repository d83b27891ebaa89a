"""Kernels of operators for which computing on the CPU is not all: memory, copies, sizes, checks of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from devlint.shim import cells, normalisation
from devlint.shim.copies import conversion
from devlint.shim.dispatch import KERNELLESS, Kernel
from devlint.shim.kernels import kernel, replace_storage
from devlint.shim.operators import known, resolve
from devlint.shim.ordinals import index_of
from devlint.shim.retype import on_host
from devlint.shim.simulation import Simulation

_as_strided = torch.ops.aten.as_strided.default
_set_storage = torch.ops.aten.set_.source_Storage_storage_offset

#: operators that only read or write metadata
METADATA = (
    "as_strided", "view", "_reshape_alias", "unfold", "set_.source_Storage_storage_offset", "set_.source_Storage",
    "set_.source_Tensor", "is_set_to", "view_as_real", "view_as_complex", "_efficientzerotensor",
)  # fmt: skip


def kernels(simulation: Simulation) -> dict[str, Kernel]:
    """The special kernels by operator, as in torch's table."""
    found = (
        _Memory(simulation).kernels()
        | cells.kernels(simulation)
        | normalisation.kernels(simulation)
        | _functions(simulation)
    )
    if simulation.copies.asynchronous:
        found["_to_copy"] = conversion(simulation.copies, known("_to_copy"), simulation.retyping.host)
    for name in METADATA:
        if (op := resolve(name)) is not None:
            found[name] = _metadata(op)
    return found


def _metadata(op: Any) -> Kernel:
    return lambda *args, **kwargs: on_host(op, *args, **kwargs)


class _Memory:
    """Kernels that make memory, copy it and read it."""

    def __init__(self, simulation: Simulation) -> None:
        self._machine, self._copies, self._memory = simulation.machine, simulation.copies, simulation.memory
        self._host, self._new = simulation.retyping.host, simulation.retyping.device

    def kernels(self) -> dict[str, Kernel]:
        return {
            "empty.memory_format": self._empty,
            "empty_strided": self._empty_strided,
            "copy_": self._copy,
            "_local_scalar_dense": self._number,
            "resize_": self._resize,
            "set_": self._emptied,
        }

    def _empty(
        self,
        size: Sequence[int],
        dtype: torch.dtype | None = None,
        layout: torch.layout | None = None,
        device: torch.device | None = None,
        pin_memory: bool | None = None,
        memory_format: torch.memory_format | None = None,
    ) -> Tensor:
        form = memory_format or torch.contiguous_format
        index = index_of(self._machine, device)
        self._memory.require(math.prod(size) * (dtype or torch.get_default_dtype()).itemsize, index)
        return self._made(torch.empty(size, dtype=dtype, device="cpu", memory_format=form), index)

    def _empty_strided(
        self,
        size: Sequence[int],
        stride: Sequence[int],
        dtype: torch.dtype | None = None,
        layout: torch.layout | None = None,
        device: torch.device | None = None,
        pin_memory: bool | None = None,
    ) -> Tensor:
        index = index_of(self._machine, device)
        return self._made(torch.empty_strided(size, stride, dtype=dtype, device="cpu"), index)

    def _made(self, tensor: Tensor, index: int) -> Tensor:
        """A new tensor of a device, if it has numbers of this type (ATen/mps/MPSAllocator and OperationUtils.mm)."""
        if self._machine.device == "mps":
            if tensor.dtype is torch.float64:
                raise TypeError(
                    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
                    "Please use float32 instead."
                )
            if tensor.dtype is torch.complex128:
                raise TypeError(
                    "Trying to convert ComplexDouble to the MPS backend but it does not have support for that dtype."
                )
        return self._new(tensor, index)

    def _copy(self, destination: Tensor, source: Tensor, non_blocking: bool = False) -> Tensor:
        into, out_of = self._host(destination), self._host(source)
        if destination.is_cpu and not source.is_cpu:
            self._copies.copy(into, out_of, blocking=not non_blocking)
        else:
            if source.is_cpu and not non_blocking:
                self._copies.finish()  # a copy to the device waits as well
            into.copy_(out_of)
        return destination

    def _number(self, tensor: Tensor) -> float | int | bool | complex:
        self._copies.finish()  # reading a number waits for the device
        return self._host(tensor).item()

    def _resize(self, tensor: Tensor, size: Sequence[int], memory_format: Any = None) -> Tensor:
        needed = math.prod(size) and (math.prod(size) + tensor.storage_offset()) * tensor.element_size()
        held = tensor.untyped_storage().nbytes()
        if needed <= held:
            strides = torch.empty(size, device="meta").stride()
            on_host(_set_storage, tensor, tensor.untyped_storage(), tensor.storage_offset(), size, strides)
            return tensor
        new = torch.empty(size, dtype=tensor.dtype, device="cpu")
        if held:
            flat = on_host(_as_strided, tensor, [held // tensor.element_size()], [1], 0)
            count = min(flat.numel(), new.numel())
            new.view(-1)[:count] = self._host(flat)[:count]
        replace_storage(tensor, self._new(new, tensor.device.index))
        return tensor

    def _emptied(self, tensor: Tensor) -> Tensor:
        none = self._new(torch.empty([0], dtype=tensor.dtype, device="cpu"), tensor.device.index)
        replace_storage(tensor, none)
        return tensor


def _functions(simulation: Simulation) -> dict[str, Kernel]:
    """Kernels that look at their operands before they compute, or compute what the CPU has no kernel for."""
    host, new = simulation.retyping.host, simulation.retyping.device
    key = simulation.machine.key

    def equal(a: Tensor, b: Tensor) -> bool:
        if a.device != b.device:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but got other is on {b.device}, different from other "
                f"tensors on {a.device} (when checking argument in method wrapper_{key}__equal)"
            )
        return torch.equal(host(a), host(b))

    def fused_dropout(x: Tensor, p: float, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        index = x.device.index
        generators = simulation.generators
        numbers = generators.default(index).host if generator is None else generators.host_of(generator)
        kept = torch.empty_like(host(x)).bernoulli_(p, generator=numbers)
        return new(host(x) * kept / p, index), new(kept.to(torch.uint8), index)

    def masked_scale(x: Tensor, mask: Tensor, scale: float) -> Tensor:
        return new(host(x) * host(mask) * scale, x.device.index)

    found: dict[str, Kernel] = {
        "equal": equal,
        "_fused_dropout": fused_dropout,
        "_masked_scale": masked_scale,
        "record_stream": _nothing,
        "_assert_async": _nothing,
    }
    for name in ("_use_cudnn_ctc_loss", "_use_cudnn_ctc_loss.Tensor", "_use_miopen_ctc_loss",
                 "_use_miopen_ctc_loss.Tensor"):  # fmt: skip
        if resolve(name) is not None:
            found[name] = _never
    for name in ("convolution", "convolution_backward"):
        found[name] = _convolution(simulation, name)
    for name in ("_copy_from", "_copy_from_and_resize"):
        found[name] = kernel(simulation, name, known(name))
    return found


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


def _never(*args: Any, **kwargs: Any) -> bool:
    return False


def _convolution(simulation: Simulation, name: str) -> Kernel:
    """The choice of an implementation, which would look for device kernels, is left to the CPU; what it checks on the
    way is checked here (ATen/native/Convolution.cpp, check_input_same_type_as_parameters)."""
    op, plain = known(name), kernel(simulation, name, known(name))
    if name != "convolution":
        return plain
    device = simulation.machine.device

    def convolution(x: Tensor, weight: Tensor, bias: Tensor | None, *args: Any, **kwargs: Any) -> Any:
        if x.device.type == device:
            for role, parameter in (("weight", weight), ("bias", bias)):
                if parameter is not None and (parameter.device.type, parameter.dtype) != (device, x.dtype):
                    types = f"Input type ({_type(x)}) and {role} type ({_type(parameter)})"
                    raise RuntimeError(f"{types} should be the same")
        if weight.device != x.device:
            return op.redispatch(KERNELLESS, x, weight, bias, *args, **kwargs)
        return plain(x, weight, bias, *args, **kwargs)

    return convolution


def _type(tensor: Tensor) -> str:
    """The type of a tensor in C++'s word for it, which for MPS has never become Python's
    (ATen/core/DeprecatedTypeProperties.cpp)."""
    name = tensor.type()
    return f"MPS{name.removeprefix('torch.mps.').removesuffix('Tensor')}Type" if tensor.device.type == "mps" else name
