"""Operators of other libraries: torchvision's, and those that a program makes itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import torch
from torch._ops import OpOverload

from devlint.shim import Unsupported
from devlint.shim.dispatch import Kernel, Library
from devlint.shim.kernels import kernel
from devlint.shim.simulation import Simulation


def install(simulation: Simulation, around: Callable[[Kernel], Kernel]) -> None:
    """Let the CPU's kernels compute them. One without such a kernel raises Unsupported; so does what a library that was
    built for CUDA has at the device's key, which it would take to the driver."""
    extensions = _Extensions(simulation, around)
    library = Library(simulation.machine.key, "_")
    simulation.kept.append(library)
    library.fall_back(extensions.fall_back)
    loader: Any = type(torch.ops)
    load = loader.load_library

    def load_library(self: Any, path: str) -> None:
        before = extensions.registered()
        load(self, path)
        extensions.replace(extensions.registered() - before)

    loader.load_library = load_library


class _Extensions:
    def __init__(self, simulation: Simulation, around: Callable[[Kernel], Kernel]) -> None:
        self._simulation, self._around = simulation, around
        self._kernels: dict[Any, Kernel] = {}

    def fall_back(self, op: OpOverload[Any, Any], *args: Any, **kwargs: Any) -> Any:
        """The kernel of all operators that have none on the device."""
        if op not in self._kernels:
            self._kernels[op] = self._kernel(op)
        return self._kernels[op](*args, **kwargs)

    def registered(self) -> set[str]:
        """The names of the operators that have a kernel at the device's key, with their namespaces."""
        return set(torch._C._dispatch_get_registrations_for_dispatch_key(self._simulation.machine.key))

    def replace(self, names: set[str]) -> None:
        """Take the place of the kernels that these operators have."""
        for name in names:
            namespace, _, rest = name.partition("::")
            base, _, overload = rest.partition(".")
            packet = getattr(getattr(torch.ops, namespace), base)
            library = Library(self._simulation.machine.key, namespace)
            self._simulation.kept.append(library)
            library.put(rest, self._kernel(getattr(packet, overload or "default")))

    def _kernel(self, op: OpOverload[Any, Any]) -> Kernel:
        name = op._schema.name + f".{op._schema.overload_name}".rstrip(".")
        if not torch._C._dispatch_has_computed_kernel_for_dispatch_key(name, "CPU"):
            return _unsupported(f"operator {name}, which the CPU has no kernel for")
        return self._around(kernel(self._simulation, name.partition("::")[2], op))


def _unsupported(what: str) -> Kernel:
    def unsupported(*args: Any, **kwargs: Any) -> NoReturn:
        raise Unsupported(what)

    return unsupported
