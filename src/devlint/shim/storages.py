"""Storages on played devices: what serialisation, copying and moving storages make."""

from __future__ import annotations

from typing import Any

import torch
from torch import UntypedStorage

from devlint.shim import resizing
from devlint.shim.ordinals import index_of
from devlint.shim.simulation import Simulation


def install(simulation: Simulation) -> None:
    """Let storages move to the played device and be copied there; their C++ knows the devices of its build alone."""
    kind = simulation.machine.device
    base = torch.storage._StorageBase
    to_host, clone_of_host = base.to, base.clone

    def made(size: int, index: int) -> UntypedStorage:
        host = torch.empty(size, dtype=torch.uint8, device="cpu")
        return simulation.retyping.device(host, index).untyped_storage()

    def to(self: Any, *, device: Any, non_blocking: bool = False) -> Any:
        wanted = torch.device(device)
        if wanted.type != kind:
            return self.cpu() if self.device.type == kind else to_host(self, device=device, non_blocking=non_blocking)
        index = index_of(simulation.machine, wanted)
        if self.device == torch.device(kind, index):
            return self
        return made(self.nbytes(), index).copy_(self, non_blocking)

    def clone(self: Any) -> Any:
        if self.device.type != kind:
            return clone_of_host(self)  # type: ignore[no-untyped-call]
        return made(self.nbytes(), self.device.index).copy_(self)

    def moved(self: Any, device: Any = None, non_blocking: bool = False) -> Any:
        wanted = torch.device(kind, device) if isinstance(device, int) else torch.device(device or kind)
        return to(self, device=wanted, non_blocking=non_blocking)

    native: Any = UntypedStorage
    construct, resize, resizable = native.__new__, native.resize_, native.resizable

    def new(cls: type, *args: Any, device: Any = None, **kwargs: Any) -> Any:
        if device is None or torch.device(device).type != kind:
            return construct(cls, *args, **kwargs) if device is None else construct(cls, *args, device=device, **kwargs)
        index = index_of(simulation.machine, torch.device(device))
        if args and not isinstance(args[0], int):
            return construct(cls, *args).to(device=torch.device(kind, index))
        return made(args[0] if args else kwargs.get("size", 0), index)

    def resized(self: Any, size: int) -> Any:
        if self.device.type != kind:
            return resize(self, size)
        resizing.resize(simulation.retyping, self, size)
        return self

    native.__new__, native.resize_ = staticmethod(new), resized
    native.resizable = lambda self: self.device.type == kind or resizable(self)
    methods = {"to": to, "clone": clone, "__copy__": clone, kind: moved}
    for owner in (UntypedStorage, base):
        for name, method in methods.items():
            setattr(owner, name, method)
