"""What stands in for values that a slice does not say: first for anything, then for what is believed of it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from devlint.evidence import UNKNOWN
from devlint.verify.assumptions import Assumptions
from devlint.verify.beliefs import Belief


class StandIn:
    """Anything: it can be called, read, computed with and iterated over, and all that comes of it is one more.

    What it is where Python wants something definite is one of the ``assumptions``.
    """

    assumptions = Assumptions()
    _options: dict[str, Any]

    def __init__(self, name: str) -> None:
        self.__dict__.update(_name=name, _options={})

    def _is(self, value: Any, other: Any) -> Any:
        return self.assumptions.choose(f"`{self._name}`", f"is {value!r}", value, other)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made: Any = StandIn(f"{self._name}.{name}")
        if name in self._options:
            made = self.assumptions.choose(f"`{self._name}`", "holds what it is made with", self._options[name], made)
        self.__dict__[name] = made
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], type | types.FunctionType):
            return args[0]  # which it decorates
        made = StandIn(f"{self._name}(...)")
        made.__dict__["_options"] = kwargs
        return made

    def __getitem__(self, key: Any) -> StandIn:
        part = f"[{key!r}]" if isinstance(key, str | int) else "[...]"
        return self if self._name.endswith(part) else StandIn(f"{self._name}{part}")  # else what is deep has no end

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def get(self, key: Any, default: Any = None) -> Any:
        """As of a mapping that has what there is no default for."""
        return self[key] if default is None else default

    def keys(self) -> tuple[str, ...]:
        """As of a mapping whose keys are nobody's argument."""
        return ()

    def to(self, *args: Any, **kwargs: Any) -> StandIn:
        """As of a module, where it is moved to a device that is known."""
        if any(isinstance(value, str | int | torch.device) for value in (*args[:1], kwargs.get("device"))):
            self._moved()().to(*args, **kwargs)
        return StandIn(f"{self._name}.to(...)")

    def _moved(self) -> Any:
        """What makes the module, on the way to a place rather than there maybe the tensor, that is moved."""
        subject, predicate = f"`{self._name}`", "is a module"
        if not self.assumptions.decisive:
            return self.assumptions.choose(subject, predicate, Network, _numbers)
        self.assumptions.note(subject, predicate)
        return Network

    def cuda(self, *args: Any) -> StandIn:
        """The same."""
        return self.to(f"cuda:{args[0]}" if args and isinstance(args[0], int) else "cuda")

    def __iter__(self) -> Iterator[StandIn]:
        if self.assumptions.choose(f"`{self._name}`", "holds something", True, False):
            yield StandIn(f"one of {self._name}")

    def __len__(self) -> int:
        return self.__index__()

    def __bool__(self) -> bool:
        return bool(self._is(True, False))

    def __contains__(self, value: Any) -> bool:
        return False

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def __index__(self) -> int:
        return int(self._is(1, 2))

    def __int__(self) -> int:
        return self.__index__()

    def __float__(self) -> float:
        return float(self.__index__())

    def __fspath__(self) -> str:
        return str(self._is("path", "another"))

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.ones(self.assumptions.choose(f"`{self._name}`", "is an array", (4, 4), (3, 3, 3)), np.float32)

    def __repr__(self) -> str:
        return UNKNOWN

    __str__ = __repr__

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        others = [base for base in bases if isinstance(base, type) and issubclass(base, Base)]
        first = next(base for base in bases if isinstance(base, StandIn))
        return (Base,) if first is self and not others else ()  # no class is a base twice


def ordinal(thing: StandIn) -> int:
    """The number that something is which names a device."""
    return int(thing._is(0, 1))


def _operator(name: str) -> Any:
    def operate(self: StandIn, *others: Any) -> StandIn:
        return StandIn(f"{self._name} {name}")

    return operate


for _name in (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul and rand or ror "
    "neg pos abs invert lt le gt ge"
).split():  # fmt: skip
    setattr(StandIn, f"__{_name}__", _operator(_name))


class Host(StandIn):
    """Stands in for a library that takes arrays: it makes one of every tensor that it is given."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if isinstance(value, torch.Tensor):
                if self.assumptions.choose(f"`{self._name}`", "takes arrays", True, False):
                    np.asarray(value)
        return super().__call__()

    def __getattr__(self, name: str) -> Any:
        return Host(f"{self._name}.{name}") if not name.startswith("__") else super().__getattr__(name)


class Checkpoint(StandIn):
    """Stands in for what a file holds."""

    def __init__(self, tensor: torch.Tensor) -> None:
        super().__init__("torch.load(...)")
        self.__dict__["_tensor"] = tensor

    def __getitem__(self, key: Any) -> Any:
        return self._tensor if key == "weight" else super().__getitem__(key)


def _numbers() -> torch.Tensor:
    return torch.ones(4)


class Base:
    """Stands in for a base class: instances have every attribute."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()  # of a module, where that is a base as well

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"self.{name}")


class Array(np.ndarray[Any, Any]):
    """An array of any version of NumPy, some of which have a device of their own."""

    @property
    def device(self) -> Any:
        raise AttributeError("device")


class Network(torch.nn.Module):
    """Stands in for a module: it computes with its weights tensors of so many dimensions."""

    def __init__(self, rank: int = 2, **factory: Any) -> None:
        super().__init__()
        self._rank = rank
        self.weight = torch.nn.Parameter(torch.ones(4, 4, **factory))

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        own = torch.ones(1, device=self.weight.device, dtype=self.weight.dtype)
        for value in [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)] or [own]:
            taken = value.reshape(-1)[:1].expand((4,) * self._rank)
            if not value.is_floating_point():  # indices of an embedding
                taken = torch.nn.functional.embedding(taken.long() * 0, self.weight).mean(1)
            result = torch.nn.functional.linear(taken, self.weight)
        return result

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name == "weight":  # who registers it asks whether there is one
                raise
            return StandIn(f"module.{name}")


def realise(belief: Belief, rank: int, *, whole: bool) -> Any:
    """The thing that is believed in; what has dimensions has so many, and a tensor holds whole numbers or others."""
    kind, shape = belief["kind"], (4,) * rank
    if kind == "constant":
        return belief["value"]
    if kind == "array":
        made = np.zeros((3,) * rank, np.float32) if belief.get("other") else np.ones(shape, np.float32)
        return made.view(Array)
    if kind == "list":
        return np.ones(shape).tolist()
    if kind == "batch":
        return torch.ones(shape)
    if kind == "loader":
        return [torch.ones(shape)]
    if kind == "dtype":
        return getattr(torch, belief["name"])
    if kind == "device":
        return torch.device(belief["place"])
    factory = {"device": belief["place"], "dtype": torch.float16 if belief["half"] else torch.float32}
    if kind == "module":
        return Network(rank, **factory)
    if whole and not belief["half"]:
        return torch.ones(shape, device=belief["place"], dtype=torch.int64)
    return torch.ones(shape, requires_grad=belief["attached"], **factory)


def others(belief: Belief) -> list[Belief]:
    """What else might be in the same place: the first is something on the other device, or another setting, and those
    behind it are what programs take as well."""
    if "place" in belief:
        elsewhere = next((name for name in ("cuda", "mps", "xpu", "npu") if _is_there(name)), "cpu")
        moved = {**belief, "place": elsewhere if belief["place"] == "cpu" else "cpu"}
        is_open = belief["kind"] == "tensor" and not belief.get("surely")
        return [moved, {"kind": "array"}, {"kind": "list"}] if is_open else [moved]
    if belief["kind"] == "dtype":
        return [{**belief, "name": "float64" if belief["name"] != "float64" else "float32"}]
    if belief["kind"] == "array":
        return [{**belief, "other": True}]
    if belief["kind"] != "constant":
        return [{"kind": "constant", "value": None}]
    value = belief["value"]
    if isinstance(value, bool):
        return [{**belief, "value": not value}]
    if isinstance(value, int | float):
        return [{**belief, "value": value + 1}]
    return [{**belief, "value": "another" if isinstance(value, str) else 1}]


def _is_there(device: str) -> bool:
    module = getattr(torch, device, None)
    return module is not None and bool(module.is_available())


def told(belief: Belief) -> str:
    """What is believed, in words."""
    kind = belief["kind"]
    if kind == "constant":
        return repr(belief["value"])
    if kind in ("tensor", "module"):
        half = " in half precision" if belief["half"] else ""
        return f"a {kind} on {belief['place']}{half}"
    return {
        "array": "an array",
        "list": "a list of numbers",
        "batch": "a tensor of the CPU",
        "loader": "a loader of tensors of the CPU",
        "dtype": f"torch.{belief.get('name')}",
        "device": f"the device {belief.get('place')}",
    }[kind]
