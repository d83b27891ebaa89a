"""What stands in for values that a slice does not say: first for anything, then for what is believed of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

Belief = dict[str, Any]


class StandIn:
    """Anything: it can be called, read, computed with and iterated over, and all that comes of it is one more.

    Where Python wants something definite of it, that is noted in ``assumed``.
    """

    assumed: list[str] = []

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def _assume(self, what: str) -> None:
        self.assumed.append(f"{self._name} {what}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made = StandIn(f"{self._name}.{name}")
        self.__dict__[name] = made
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> StandIn:
        return StandIn(f"{self._name}(...)")

    def __getitem__(self, key: Any) -> StandIn:
        return StandIn(f"{self._name}[{key!r}]" if isinstance(key, str | int) else f"{self._name}[...]")

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def get(self, key: Any, default: Any = None) -> StandIn:
        """As of a mapping; it is not the default, for what is read is there."""
        return self[key]

    def __iter__(self) -> Iterator[StandIn]:
        self._assume("holds something")
        yield StandIn(f"one of {self._name}")

    def __len__(self) -> int:
        return self.__index__()

    def __bool__(self) -> bool:
        self._assume("is true")
        return True

    def __contains__(self, value: Any) -> bool:
        return False

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def __index__(self) -> int:
        self._assume("is 1")
        return 1

    def __int__(self) -> int:
        return self.__index__()

    def __float__(self) -> float:
        return float(self.__index__())

    def __fspath__(self) -> str:
        self._assume("is a path")
        return "stand-in"

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        self._assume("is an array")
        return np.ones((4, 4), np.float32)

    def __repr__(self) -> str:
        return "?"

    __str__ = __repr__

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (Base,)


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

    def __call__(self, *args: Any, **kwargs: Any) -> StandIn:
        for value in (*args, *kwargs.values()):
            if isinstance(value, torch.Tensor):
                self._assume("takes arrays")
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


class Base:
    """Stands in for a base class: instances have every attribute."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"self.{name}")


class Network(torch.nn.Module):
    """Stands in for a module: it computes with its weights what has the shape of its input."""

    def __init__(self, **factory: Any) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(4, 4, **factory))

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
        result = torch.ones(4, 4, device=self.weight.device, dtype=self.weight.dtype)
        for value in given:
            taken = value.reshape(-1)[:1].expand(4, 4)
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


def realise(belief: Belief) -> Any:
    """The thing that is believed in."""
    kind = belief["kind"]
    if kind == "constant":
        return belief["value"]
    if kind == "array":
        return np.ones((4, 4), np.float32)
    if kind == "batch":
        return torch.ones(4, 4)
    if kind == "loader":
        return [torch.ones(4, 4)]
    if kind == "dtype":
        return getattr(torch, belief["name"])
    if kind == "device":
        return torch.device(belief["place"])
    factory = {"device": belief["place"], "dtype": torch.float16 if belief["half"] else torch.float32}
    if kind == "module":
        return Network(**factory)
    return torch.ones(4, 4, requires_grad=belief["attached"], **factory)


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
        "batch": "a tensor of the CPU",
        "loader": "a loader of tensors of the CPU",
        "dtype": f"torch.{belief.get('name')}",
        "device": f"the device {belief.get('place')}",
    }[kind]
