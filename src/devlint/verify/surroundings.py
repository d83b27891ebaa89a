"""What a slice finds around it: variables of the environment, and files that are not there."""

from __future__ import annotations

import inspect
import os
import sys
import zipfile
from typing import Any

import numpy as np
import torch

from devlint.verify import instrument
from devlint.verify.assumptions import Assumptions
from devlint.verify.standins import Checkpoint, StandIn, ordinal

#: what a launcher of processes says to the only one
_LAUNCHED = {
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "1",
    "LOCAL_WORLD_SIZE": "1",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
}


def launch(assumptions: Assumptions) -> None:
    """Let the environment be that of a launched process."""
    os.environ.update(_LAUNCHED)
    _find_variables(assumptions)


def number_devices() -> None:
    """Let whatever names a device of the machine by its number be a number."""
    numbered = torch.cuda._utils._get_device_index

    def number(device: Any, *args: Any, **kwargs: Any) -> int:
        return numbered(ordinal(device) if isinstance(device, StandIn) else device, *args, **kwargs)

    for module in (torch.cuda, torch.cuda._utils):
        vars(module)["_get_device_index"] = number


def load_alone() -> None:
    """Let data loaders make their batches in the process itself: a slice starts no workers."""
    begin = torch.utils.data.DataLoader.__init__

    def alone(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(begin).bind(self, *args, **kwargs)
        for name in ("num_workers", "prefetch_factor", "persistent_workers", "timeout", "multiprocessing_context"):
            bound.arguments.pop(name, None)
        begin(*bound.args, **bound.kwargs)

    torch.utils.data.DataLoader.__init__ = alone  # type: ignore[method-assign]


def provide_files(assumptions: Assumptions) -> None:
    """Let there be something in files that a slice reads and that are not there."""
    _load_what_was_saved_elsewhere(assumptions)
    _read_numbers(assumptions)


def _find_variables(assumptions: Assumptions) -> None:
    """Let the environment have the variables that a slice asks for without a default."""
    get = os.environ.get

    def given(name: str, default: Any = None) -> Any:
        value = get(name, default)
        if value is None and instrument.FAILED in sys._getframe(1).f_globals:
            return assumptions.choose(f"`os.environ[{name!r}]`", "is '1'", "1", "2")
        return value

    os.environ.get = os.getenv = given  # type: ignore[method-assign, assignment]


def _read_numbers(assumptions: Assumptions) -> None:
    """Let NumPy find numbers in a file that is not there."""
    for name in ("load", "memmap", "fromfile"):
        setattr(np, name, _Numbers(getattr(np, name), assumptions))


class _Numbers:
    """Stands in for a function of NumPy's, or a class, that reads the file that its first argument names."""

    def __init__(self, read: Any, assumptions: Assumptions) -> None:
        self._read, self._assumptions = read, assumptions

    def __call__(self, path: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._read(path, *args, **kwargs)
        except FileNotFoundError:
            dtype = next(
                (value for value in (*args, *kwargs.values()) if isinstance(value, type | np.dtype)), np.float32
            )
            numbers, others = np.full(1 << 14, 1, dtype), np.full(1 << 15, 0, dtype)
            return self._assumptions.choose(f"`{os.fspath(path)}`", "holds numbers", numbers, others)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._read)


def _load_what_was_saved_elsewhere(assumptions: Assumptions) -> None:
    """Let what torch loads be a file that was saved on a GPU where the slice names one that is not there."""
    load: Any = torch.load
    load_module: Any = torch.jit.load

    def place() -> str:
        return assumptions.choose("what is loaded", "was saved on cuda:0", "cuda:0", "cpu")

    def loaded(path: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_missing(path):
            return load(path, *args, **kwargs)
        _save_tensor(place())
        return Checkpoint(load("checkpoint", *args, **kwargs)["weight"])

    def loaded_module(path: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_missing(path):
            return load_module(path, *args, **kwargs)
        _save_module(place())
        return load_module("archive", *args, **kwargs)

    take = torch.nn.Module.load_state_dict

    def taken(self: torch.nn.Module, state: Any, *args: Any, **kwargs: Any) -> Any:
        return None if isinstance(state, StandIn) else take(self, state, *args, **kwargs)

    torch.load, torch.jit.load = loaded, loaded_module  # type: ignore[assignment]
    torch.nn.Module.load_state_dict = taken  # type: ignore[method-assign, assignment]


def _is_missing(path: Any) -> bool:
    return isinstance(path, StandIn) or (isinstance(path, str | os.PathLike) and not os.path.exists(path))


def _save_tensor(place: str) -> None:
    tag = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: place
    try:
        torch.save({"weight": torch.ones(2, 4)}, "checkpoint")
    finally:
        torch.serialization.location_tag = tag


def _save_module(place: str) -> None:
    scripted: Any = torch.jit
    scripted.save(scripted.script(torch.nn.Linear(4, 4)), "host")
    with zipfile.ZipFile("host") as host, zipfile.ZipFile("archive", "w") as archive:
        for part in host.infolist():
            written = host.read(part).replace(_pickled("cpu"), _pickled(place))
            archive.writestr(part, written)


def _pickled(device: str) -> bytes:
    """The name of a device, as an archive has it."""
    return b"X" + len(device).to_bytes(4, "little") + device.encode()
