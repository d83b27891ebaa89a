"""The kernel that computes an operator of a played device: on the CPU, over the same memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

from devlint.shim import Unsupported, checks, resizing
from devlint.shim.dispatch import DENSE, Functionality, Kernel
from devlint.shim.operators import Operator, operators
from devlint.shim.retype import on_host
from devlint.shim.simulation import Simulation

_CPU = torch.device("cpu")
_HOST_AUTOCAST = torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastCPU)
#: what says of an operator that the host has to know its result before it can go on
_WAITING = {torch.Tag.dynamic_output_shape, torch.Tag.data_dependent_output}
_NO_TENSOR = "Expected a value of type 'Tensor'"
_casts_on_host = partial(torch.is_autocast_enabled, "cpu")


def kernel(simulation: Simulation, name: str, op: OpOverload[Any, Any], functionality: Functionality = DENSE) -> Kernel:
    """What computes an operator (``name`` as in torch's table) on the devices of a machine.

    The kernel raises what a real one says of its operands' devices, and everything that the CPU's kernel raises; if the
    CPU has none, Unsupported.
    """
    schema = op._schema
    if any(result.alias_info is not None and not result.alias_info.is_write for result in schema.returns):
        return lambda *args, **kwargs: on_host(op, *args, **kwargs)  # a view
    operator = operators().get(name) or Operator(name, {}, False, False)
    if not computes(op, functionality):
        return _unsupported(simulation.machine.device, op)
    generic = _Generic(simulation, operator, op, functionality).__call__
    return simulation.copies.waiting(generic) if _WAITING & set(op.tags) else generic


def computes(op: OpOverload[Any, Any], functionality: Functionality) -> bool:
    """Whether the CPU computes an operator."""
    return torch._C._dispatch_has_computed_kernel_for_dispatch_key(op._name, functionality.key("CPU"))


def as_it_is(
    simulation: Simulation, operator: Operator, op: OpOverload[Any, Any], functionality: Functionality
) -> Kernel:
    """The CPU's kernel on tensors of the device: where it is made of other operators, which are dispatched again, it is
    the device's kernel as well."""
    machine, host = simulation.machine, functionality.host

    def shared(*args: Any, **kwargs: Any) -> Any:
        checks.refuse_checked(machine, operator, op, args, kwargs, functionality)
        try:
            return op.redispatch(host, *args, **kwargs)
        except RuntimeError as error:
            if _NO_TENSOR not in str(error):
                raise
        return op.redispatch(host, *_as_tensors(op, args), **kwargs)

    return shared


def _as_tensors(op: OpOverload[Any, Any], args: Sequence[Any]) -> list[Any]:
    """The arguments with tensors in place of the numbers that C++ hands over where tensors are due. A number does not
    change the type of what it is computed with, so it gets the type that comes of both."""
    like = next((value for value in reversed(args) if isinstance(value, Tensor)), torch.empty(0, device=_CPU))
    return [
        torch.tensor(value, device=_CPU).to(torch.result_type(like, value))
        if type(value) in (int, float, bool, complex) and str(argument.type) == "Tensor"
        else value
        for argument, value in zip(op._schema.arguments, args, strict=False)
    ]


def _unsupported(device: str, op: OpOverload[Any, Any]) -> Kernel:
    def unsupported(*args: Any, **kwargs: Any) -> Any:
        raise Unsupported(f"the operator {op._name} on a played `{device}`")

    return unsupported


class _Generic:
    """An operator whose operands all become tensors of the CPU, and whose new results become the device's.

    What it does to each operand is written out, since this is what every operator pays for.
    """

    __slots__ = (
        "_compute", "_functionality", "_generator", "_host", "_in_place", "_may_overlap", "_new", "_op", "_operator",
        "_out", "_parameters", "_random", "_returned", "_simulation", "_writes",
    )  # fmt: skip

    def __init__(
        self, simulation: Simulation, operator: Operator, op: OpOverload[Any, Any], functionality: Functionality
    ) -> None:
        schema = op._schema
        self._functionality = functionality
        self._simulation, self._operator, self._op = simulation, operator, op
        self._compute = op._op  # without a Python frame in between
        self._host, self._new = simulation.retyping.host, simulation.retyping.device
        self._parameters = [argument.name for argument in schema.arguments]
        self._out = frozenset(argument.name for argument in schema.arguments if argument.is_out)
        self._returned = _returned_arguments(op)
        self._generator = "generator" in self._parameters
        self._random = self._generator or torch.Tag.nondeterministic_seeded in op.tags
        self._writes = any(self._returned)
        self._in_place = self._returned == self._parameters[:1] and not self._out
        self._may_overlap = self._writes and sum(str(argument.type) == "Tensor" for argument in schema.arguments) > 1

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        host = self._host
        common: torch.device | None = None
        mixed = False
        given: list[Any] = []
        for value in args:
            if isinstance(value, Tensor):
                if common is None:
                    common = value.device
                elif value.device != common:
                    mixed = True
                if not value.is_cpu:
                    value = host(value)
            elif type(value) is list:
                for one in value:
                    if isinstance(one, Tensor):
                        if common is None:
                            common = one.device
                        elif one.device != common:
                            mixed = True
                value = [host(one) if isinstance(one, Tensor) else one for one in value]
            given.append(value)
        named = kwargs
        if kwargs:
            named = {}
            for name, value in kwargs.items():
                if isinstance(value, Tensor):
                    if common is None:
                        common = value.device
                    elif value.device != common:
                        mixed = True
                named[name] = self._keyword(name, value)
        if mixed:
            checks.refuse(self._simulation.machine, self._operator, self._op, args, kwargs, self._functionality)
            common = _accelerator(args, kwargs)
        if self._may_overlap and share(args, kwargs):
            parts = self._simulation.retyping.parts((*args, *kwargs.values()))
            given = [parts.get(id(value), twin) for value, twin in zip(args, given, strict=True)]
            named = {name: parts.get(id(value), named[name]) for name, value in kwargs.items()}
        index = _index(common, kwargs)
        result = self._computed(given, named, index) if self._random else self._called(given, named)
        if not self._writes:
            return self._new(result, index) if type(result) is Tensor else self._moved(result, index)
        if self._in_place and args[0].layout is torch.strided:
            return args[0]
        return self._results(result, args, kwargs, index)

    def _keyword(self, name: str, value: Any) -> Any:
        if isinstance(value, Tensor):
            if name not in self._out or value.numel() or value.layout is not torch.strided:
                return self._host(value)
            return _unshaped(value)
        if isinstance(value, torch.device):
            return _CPU
        if type(value) is list:
            return [self._host(one) if isinstance(one, Tensor) else one for one in value]
        return value

    # -- computing

    def _computed(self, args: list[Any], kwargs: dict[str, Any], index: int | None) -> Any:
        if self._generator:
            args, kwargs = self._with_generator(args, kwargs, index)
            return self._called(args, kwargs)
        return self._with_seed(args, kwargs, index)

    def _called(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if _casts_on_host():  # which is for tensors of the CPU, not for those that stand for a device's
            with torch._C._ExcludeDispatchKeyGuard(_HOST_AUTOCAST):
                return self._tried(args, kwargs)
        return self._tried(args, kwargs)

    def _tried(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        try:
            return self._compute(*args, **kwargs)
        except RuntimeError as error:
            if "Trying to resize storage that is not resizable" in str(error):
                return self._compute(*args, **kwargs | {name: _unshaped(kwargs[name]) for name in self._out})
            if _NO_TENSOR not in str(error):
                raise
        return self._compute(*_as_tensors(self._op, args), **kwargs)

    def _with_generator(
        self, args: list[Any], kwargs: dict[str, Any], index: int | None
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments with the generator of the CPU that stands for the device's: that of the machine's numbers is
        left alone."""
        position = self._parameters.index("generator")
        given = kwargs.get("generator", args[position] if position < len(args) else None)
        generators = self._simulation.generators
        found = generators.default(index).host if given is None else generators.host_of(given)
        if position < len(args):
            return [*args[:position], found, *args[position + 1 :]], kwargs
        return args, kwargs | {"generator": found}

    def _with_seed(self, args: list[Any], kwargs: dict[str, Any], index: int | None) -> Any:
        """Call with the numbers of the device's generator in place of the CPU's default."""
        generator = self._simulation.generators.default(index).host
        kept = torch.default_generator.get_state()
        torch.default_generator.set_state(generator.get_state())
        try:
            return self._called(args, kwargs)
        finally:
            generator.set_state(torch.default_generator.get_state())
            torch.default_generator.set_state(kept)

    # -- results

    def _results(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], index: int | None) -> Any:
        results = result if isinstance(result, tuple) else (result,)
        found = [
            self._moved(value, index) if name is None else self._written(name, value, args, kwargs, index)
            for name, value in zip(self._returned, results, strict=True)
        ]
        return found[0] if len(found) == 1 else tuple(found)

    def _moved(self, value: Any, index: int | None) -> Any:
        if isinstance(value, Tensor):
            return self._new(value, index)
        if type(value) in (list, tuple):
            return type(value)(self._moved(one, index) for one in value)
        return value

    def _written(
        self, name: str, value: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any], index: int | None
    ) -> Any:
        """The argument that a result is; an empty ``out`` gets the memory that the kernel made."""
        argument = kwargs[name] if name in kwargs else args[self._parameters.index(name)]
        if argument.layout is not torch.strided:
            argument.data = self._new(value, index)  # whose members may be others by now
        elif name in self._out and value.shape != argument.shape:
            resizing.assign(self._simulation.retyping, argument, value)
        return argument


def share(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether some operands have the storage of the first one in common, other than by being the same tensor."""
    first, *others = args
    try:
        storage = first.untyped_storage()._cdata
        for value in (*others, *kwargs.values()):
            if isinstance(value, Tensor) and value is not first and value.untyped_storage()._cdata == storage:
                return True
    except (AttributeError, NotImplementedError):  # a number, or a tensor without a storage
        pass
    return False


def _unshaped(out: Tensor) -> Tensor:
    """What a kernel is given for an ``out`` whose shape is its own to say."""
    return torch.empty(0, dtype=out.dtype, device=_CPU)


def _returned_arguments(op: OpOverload[Any, Any]) -> list[str | None]:
    """Which argument each result is; None for one that is new."""
    written: dict[str, str] = {}
    for argument in op._schema.arguments:
        if argument.alias_info is not None and argument.alias_info.is_write:
            written[next(iter(argument.alias_info.before_set), argument.name)] = argument.name
    return [
        written.get(next(iter(result.alias_info.before_set), "")) if result.alias_info is not None else None
        for result in op._schema.returns
    ]


def _index(common: torch.device | None, kwargs: dict[str, Any]) -> int | None:
    """The index of the device that results are for; None for the current one."""
    if common is not None and common.type != "cpu":
        return common.index
    device = kwargs.get("device")
    return None if device is None else device.index


def _accelerator(args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.device | None:
    """The device of the first operand that is not on the CPU."""
    for value in (*args, *kwargs.values()):
        for one in value if type(value) is list else (value,):
            if isinstance(one, Tensor) and one.device.type != "cpu":
                return one.device
    return None
