"""``torch.cuda.FloatTensor`` and its like: types of tensors from before there were dtypes."""

from __future__ import annotations

from typing import Any, NoReturn

import torch
from torch import Tensor, cuda

_PREFIX = "torch.cuda."
_TYPES = {
    "Float": torch.float32, "Double": torch.float64, "Half": torch.float16, "BFloat16": torch.bfloat16,
    "Int": torch.int32, "Long": torch.int64, "Short": torch.int16, "Byte": torch.uint8, "Char": torch.int8,
    "Bool": torch.bool,
}  # fmt: skip


class _Meta(type):
    """Such a type: what is an instance of it, and what calling it makes."""

    dtype: torch.dtype

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.is_cuda and instance.dtype is cls.dtype

    def __call__(cls, *args: Any, **kwargs: Any) -> Tensor:
        if len(args) == 1 and isinstance(args[0], (list, tuple)) and not isinstance(args[0], torch.Size):
            return torch.tensor(args[0], dtype=cls.dtype, device="cuda")
        if len(args) == 1 and isinstance(args[0], Tensor):
            return args[0].to("cuda", cls.dtype)
        return torch.empty(*args, dtype=cls.dtype, device="cuda")


def install() -> None:
    """Put the types into ``torch.cuda``, and let what takes a type take them."""
    for name, dtype in _TYPES.items():
        members = {"dtype": dtype, "__module__": "torch.cuda", "is_cuda": True, "is_sparse": False}
        setattr(cuda, f"{name}Tensor", _Meta(f"{name}Tensor", (), members))
    _replace_type()
    _replace_default()


class _Missing(type):
    """Such a type in a build without CUDA."""

    def __instancecheck__(cls, instance: object) -> bool:
        return False

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise _missing(cls)


def _missing(kind: type) -> TypeError:
    """torch/csrc/tensor/python_tensor.cpp"""
    return TypeError(f"type {kind.__name__} not available. Torch not compiled with CUDA enabled.")


def take_away() -> None:
    """Let the types be there, and no tensors of them."""
    for module, prefix in ((cuda, _PREFIX), (cuda.sparse, f"{_PREFIX}sparse.")):
        for name, found in list(vars(module).items()):
            if isinstance(found, type(torch.FloatTensor)):
                members = {"dtype": found.dtype, "layout": found.layout, "is_cuda": True, "is_sparse": found.is_sparse}
                # C++ knows a type by its name, with the module in it
                setattr(module, name, _Missing(prefix + name, (), members | {"__module__": "builtins"}))
    native: Any = torch._C
    choose = native._set_default_tensor_type

    def set_default_tensor_type(kind: Any) -> None:
        if isinstance(kind, _Missing):
            raise _missing(kind)
        choose(kind)

    native._set_default_tensor_type = set_default_tensor_type


def _named(wanted: Any) -> Any:
    """The type of a name; anything else as it is."""
    if isinstance(wanted, str) and wanted.startswith(_PREFIX):
        return getattr(cuda, wanted.removeprefix(_PREFIX), wanted)
    return wanted


def _replace_type() -> None:
    native = Tensor.type

    def cast(self: Tensor, dtype: Any = None, non_blocking: bool = False, **kwargs: Any) -> Any:
        wanted = _named(dtype)
        if isinstance(wanted, _Meta):
            return self.to("cuda", wanted.dtype, non_blocking=non_blocking)
        return native(self) if dtype is None else native(self, dtype, non_blocking, **kwargs)

    Tensor.type = cast  # type: ignore[assignment, method-assign]


def _replace_default() -> None:
    native = torch.set_default_tensor_type
    chosen = False

    def set_default_tensor_type(kind: Any) -> None:
        nonlocal chosen
        wanted = _named(kind)
        if isinstance(wanted, _Meta):
            torch.set_default_dtype(wanted.dtype)
            torch.set_default_device("cuda")
            chosen = True
            return
        if chosen:  # a device that `torch.set_default_device` chose stays
            torch.set_default_device(None)
            chosen = False
        native(kind)

    torch.set_default_tensor_type = set_default_tensor_type
