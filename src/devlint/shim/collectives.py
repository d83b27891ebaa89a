"""Collectives on tensors of a played device.

torch gives every collective to its dispatcher (torch/csrc/distributed/c10d/Ops.cpp). At the key of the played device
stands a kernel that gives the same memory, as tensors of the CPU, to the group's gloo.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch._C._distributed_c10d import ProcessGroup, Work

from devlint.shim import Unsupported, nccl, works
from devlint.shim.communicators import Communicator, Communicators
from devlint.shim.dispatch import CPU, Kernel, Library
from devlint.shim.simulation import Simulation

#: what gloo, of a build for CUDA, does not do with its tensors (torch/csrc/distributed/c10d/ProcessGroupGloo.cpp)
_NOT_GLOO = frozenset(
    "send recv_ recv_any_source_ allreduce_coalesced_ allgather_coalesced_ allgather_into_tensor_coalesced_".split()
)
#: what NCCL does to numbers in a row, and gloo to the first dimension
_FLAT = frozenset(
    "_allgather_base_ _reduce_scatter_base_ allgather_into_tensor_coalesced_ reduce_scatter_tensor_coalesced_".split()
)
#: how refusals of gloo's are told from those of all backends
_GLOO = ("gloo", "Gloo", "Invalid scalar type")


def register(simulation: Simulation, communicators: Communicators) -> None:
    """Put the kernels at the key of the machine's devices."""
    library = Library(simulation.machine.key, "c10d")
    sparse = Library(f"Sparse{simulation.machine.key}", "c10d")
    simulation.kept.extend((library, sparse))
    for name in _operators():
        library.put(name, _Collective(simulation, communicators, name).__call__)
    sparse.put("allreduce_", _unsupported("allreduce_ of a sparse tensor"))


def refuse(simulation: Simulation) -> None:
    """The same on machines whose own backends are not played: MPS has none, and torch says so."""
    library = Library(simulation.machine.key, "c10d")
    simulation.kept.append(library)
    for name in _operators():
        kernel = _missing(name) if simulation.machine.device == "mps" else _unsupported(name, simulation.machine.device)
        library.put(name, kernel)


def _operators() -> Iterator[str]:
    """The collectives that torch has kernels for on accelerators."""
    for full in torch._C._dispatch_get_all_op_names():
        space, _, name = full.partition("::")
        if space == "c10d" and name != "check_for_nan" and torch._C._dispatch_has_kernel_for_dispatch_key(full, "CUDA"):
            yield name


def _unsupported(name: str, device: str = "cuda") -> Kernel:
    def unsupported(*args: Any) -> Any:
        raise Unsupported(f"torch.distributed: {name} on a played `{device}`")

    return unsupported


def _missing(name: str) -> Kernel:
    """What the dispatcher says of it (aten/src/ATen/core/dispatch/OperatorEntry.cpp, cut short)."""

    def missing(*args: Any) -> Any:
        raise NotImplementedError(f"Could not run 'c10d::{name}' with arguments from the 'MPS' backend.")

    return missing


class _Collective:
    """One of them. What it writes to is its first argument."""

    def __init__(self, simulation: Simulation, communicators: Communicators, name: str) -> None:
        self._name = name
        self._op: Any = getattr(torch.ops.c10d, name).default
        self._names = [argument.name for argument in self._op._schema.arguments]
        self._host = simulation.retyping.host
        self._machine, self._communicators = simulation.machine, communicators

    def __call__(self, *args: Any) -> Any:
        given = dict(zip(self._names, args, strict=False))
        communicator = self._communicators.of(ProcessGroup.unbox(given["process_group"]))
        communicator.require()
        device = self._device(communicator, given)
        outputs = list(nccl.tensors_in(args[0]))
        if communicator.nccl:
            self._meet(communicator, given, device)
        work = self._begun(communicator, given, outputs)
        if len(self._op._schema.returns) == 1:
            return work.boxed()
        return args[0], work.boxed()

    def _device(self, communicator: Communicator, given: dict[str, Any]) -> torch.device:
        """The device of all operands."""
        if communicator.nccl:
            return nccl.device_of(self._name, given, communicator.host.size())
        tensors = list(nccl.tensors_in(list(given.values())))
        if self._name in _NOT_GLOO or len({tensor.device for tensor in tensors}) > 1:
            raise Unsupported(f"torch.distributed: {self._name} of gloo on tensors of `{self._machine.device}`")
        return tensors[0].device

    def _meet(self, communicator: Communicator, given: dict[str, Any], device: torch.device) -> None:
        if self._name == "barrier":
            communicator.meet(given["device_ids"])
        elif self._name not in nccl.POINT_TO_POINT:  # of which only two processes know
            communicator.join(device.index)

    # -- on the host

    def _begun(self, communicator: Communicator, given: dict[str, Any], outputs: list[Tensor]) -> Any:
        """Have gloo begin with it; the work is done when gloo's is, and its results are the device's."""
        host = {name: self._moved(value) for name, value in given.items()}
        if self._name == "allgather_" and communicator.nccl and len({tensor.shape for tensor in outputs}) > 1:
            return self._gathered_one_by_one(communicator, host, outputs)
        host["process_group"] = ProcessGroup.boxed(communicator.host)
        if "tag" in host and communicator.nccl:
            host["tag"] = 0  # which NCCL does not look at
        if self._name == "reduce_" and communicator.host.rank() != host["root_rank"]:
            host["tensors"] = [tensor.clone() for tensor in host["tensors"]]  # gloo may calculate in it
        try:
            result = self._op.redispatch(CPU, *host.values())
        except RuntimeError as error:
            if communicator.nccl and any(word in str(error) for word in _GLOO):
                raise Unsupported(f"torch.distributed: {self._name} of nccl, which gloo refuses: {error}") from None
            raise
        work = Work.unbox(result[-1] if isinstance(result, tuple) else result)
        return communicator.began(works.of(work, nccl.tensors_in(list(host.values())), outputs, communicator.failures))

    def _gathered_one_by_one(self, communicator: Communicator, host: dict[str, Any], outputs: list[Tensor]) -> Any:
        """Tensors of different sizes, each sent by the process that has it (ProcessGroupNCCL.cpp: allgather)."""
        parts: list[Tensor] = host["output_tensors"][0]
        parts[communicator.host.rank()].copy_(host["input_tensors"][0])
        sent = [communicator.host.broadcast(part, root) for root, part in enumerate(parts)]
        for work in sent[:-1]:
            work.wait()
        return communicator.began(works.of(sent[-1], parts, outputs, communicator.failures))

    def _moved(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            host = self._host(value)
            if host.dtype in nccl.FLOAT8:  # which gloo does not know: it moves bytes
                host = host.view(torch.uint8)
            if self._name in _FLAT and host.is_contiguous():
                return host.view(-1)
            return host if host.is_contiguous() else _flat(host)
        return [self._moved(one) for one in value] if isinstance(value, list) else value


def _flat(tensor: Tensor) -> Tensor:
    """The memory of a tensor that is dense but in another order of dimensions: where it is sent it has the same."""
    return tensor.as_strided((tensor.numel(),), (1,)) if nccl.dense(tensor) else tensor
