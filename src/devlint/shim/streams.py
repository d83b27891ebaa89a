"""Streams and events of a machine on which everything is done in order, at once.

The classes that programs see are torch's own Python: only what they inherit from C++ is made here, and the module that
defines them is run once more on top of it.
"""

from __future__ import annotations

import importlib
import itertools
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.simulation import Simulation

#: a stream as torch's Python hands it to C++: its number, and the index and type of its device
Triple = tuple[int, int, int]
_DEFAULT = 0


class Streams:
    """The streams of the machine's devices, and which is current on each for each thread."""

    def __init__(self, simulation: Simulation) -> None:
        self.machine = simulation.machine
        self.copies = simulation.copies
        self._thread = threading.local()
        self._numbers = itertools.count(1)

    def new(self) -> Triple:
        """A stream of the current device."""
        return self._triple(next(self._numbers), self.machine.current)

    def current(self, index: int) -> Triple:
        return self._triple(self._numbers_here().get(index, _DEFAULT), index)

    def default(self, index: int) -> Triple:
        return self._triple(_DEFAULT, index)

    def set(self, stream_id: int, device_index: int, device_type: int) -> None:
        """Make a stream the current one of its device, and that the current device (torch/csrc/cuda/Module.cpp)."""
        self.machine.current = device_index
        self._numbers_here()[device_index] = stream_id

    def _numbers_here(self) -> dict[int, int]:
        found: dict[int, int] = self._thread.__dict__.setdefault("current", {})
        return found

    def _triple(self, number: int, index: int) -> Triple:
        return number, index, DEVICE_TYPE[self.machine.device]


def stream_base(streams: Streams) -> type:
    """What the ``Stream`` of ``torch.cuda`` and its like inherits (torch/csrc/cuda/Stream.cpp)."""

    class StreamBase(torch.Stream):
        priority: int
        _before: Triple

        def __new__(
            cls, priority: int = 0, stream_id: int = 0, device_index: int = 0, device_type: int = 0, stream_ptr: int = 0
        ) -> Any:
            if stream_ptr:
                triple = (stream_ptr, *streams.default(streams.machine.current)[1:])
            elif stream_id or device_index or device_type:
                triple = (stream_id, device_index, device_type)
            else:
                triple = streams.new()
            number, index, kind = triple
            made: Any = torch.Stream.__new__(cls, stream_id=number, device_index=index, device_type=kind)
            made.priority = priority
            return made

        @staticmethod
        def priority_range() -> tuple[int, int]:
            """The least and the greatest, as CUDA has them."""
            return 0, -5

        def query(self) -> bool:
            return streams.copies.query()

        def synchronize(self) -> None:
            streams.copies.finish()

        def __enter__(self) -> Any:
            self._device, self._before = streams.machine.current, streams.current(self.device_index)
            streams.set(self.stream_id, self.device_index, self.device_type)
            return self

        def __exit__(self, *raised: object) -> None:
            streams.set(*self._before)
            streams.machine.current = self._device

        def __eq__(self, other: object) -> bool:
            return isinstance(other, torch.Stream) and _key(self) == _key(other)

        def __hash__(self) -> int:
            return hash(_key(self))

    for name in ("cuda_stream", "sycl_queue", "npu_stream"):  # the address of the driver's object
        setattr(StreamBase, name, property(lambda stream: stream.stream_id))
    return StreamBase


def event_base(kind: str) -> type:
    """What their ``Event`` inherits: the event of any accelerator, which the device guard answers."""

    class EventBase(torch.Event):
        _timed: bool
        _recorded: float | None = None

        def __new__(
            cls, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False, external: bool = False
        ) -> Any:
            made: Any = torch.Event.__new__(cls, device=kind, enable_timing=enable_timing)
            made._timed = enable_timing
            return made

        def record(self, stream: Any = None) -> None:
            super().record(stream)
            self._recorded = time.perf_counter()

        def elapsed_time(self, end: Any) -> float:
            """Milliseconds until another event (texts of c10/core/impl/InlineEvent.h, whose C++ takes no subclass)."""
            if not (self._timed and end._timed):
                raise ValueError("Both events must be created with argument 'enable_timing=True'.")
            if self._recorded is None or end._recorded is None:
                raise ValueError("Both events must be recorded before calculating elapsed time.")
            return float(end._recorded - self._recorded) * 1e3

    for name in ("cuda_event", "sycl_event", "npu_event"):
        setattr(EventBase, name, property(lambda event: event.event_id))
    return EventBase


def install(streams: Streams, module: ModuleType, prefix: str) -> None:
    """Let the classes of ``torch.cuda.streams`` or ``torch.xpu.streams`` work."""
    setattr(torch._C, f"_{prefix}StreamBase", stream_base(streams))
    setattr(torch._C, f"_{prefix}EventBase", event_base(streams.machine.device))
    rerun(module)


def rerun(module: ModuleType) -> None:
    """Run a module of torch once more, on top of other classes of C++ than before; wherever torch has imported its
    classes to, the new ones are then."""
    before = {name: value for name, value in vars(module).items() if isinstance(value, type)}
    importlib.reload(module)
    new = {value: vars(module)[name] for name, value in before.items() if vars(module)[name] is not value}
    for user in [found for name, found in list(sys.modules.items()) if name.partition(".")[0] == "torch"]:
        for name, value in list(getattr(user, "__dict__", {}).items()):
            if issubclass(type(value), type) and value in new:  # without a look at what warns when it is used
                setattr(user, name, new[value])


def natives(streams: Streams) -> dict[str, Callable[..., object]]:
    """The functions of C++ by which the modules of torch keep track of streams, by their names without a prefix."""
    return {
        "getCurrentStream": streams.current,
        "getDefaultStream": streams.default,
        "setStream": streams.set,
        "getStreamFromExternal": lambda address, index: (address, *streams.default(index)[1:]),
        "getCurrentRawStream": lambda index: streams.current(index)[0],
    }


def _key(stream: Any) -> Triple:
    return stream.stream_id, stream.device_index, stream.device_type
