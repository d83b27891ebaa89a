"""Streams and events of a machine on which everything is done in order, at once."""

from __future__ import annotations

import itertools
import time
from typing import Any

import torch

from devlint.shim.simulation import Simulation


class Streams:
    """The streams of the machine's devices; ``Stream`` and ``Event`` are the classes that programs see."""

    def __init__(self, simulation: Simulation) -> None:
        self._machine = machine = simulation.machine
        self._current: dict[int, Any] = {}
        self._default: dict[int, Any] = {}
        copies, numbers = simulation.copies, itertools.count(1)
        streams = self

        class Stream:
            """A stream of ``torch.cuda`` and its like."""

            def __init__(self, device: Any = None, priority: int = 0, **kwargs: Any) -> None:
                self.device = streams._device(device)
                self.device_index = self.device.index
                self.priority = priority
                self.stream_id: int = kwargs.get("stream_id", next(numbers))
                self._previous: Any = None

            @property
            def cuda_stream(self) -> int:
                return self.stream_id

            def synchronize(self) -> None:
                copies.finish()

            def query(self) -> bool:
                return copies.done

            def wait_stream(self, stream: object) -> None:
                """Everything is done in order."""

            def wait_event(self, event: object) -> None:
                """Everything is done in order."""

            def record_event(self, event: Any = None) -> Any:
                event = Event() if event is None else event
                event.record(self)
                return event

            def __eq__(self, other: object) -> bool:
                return isinstance(other, Stream) and (other.stream_id, other.device) == (self.stream_id, self.device)

            def __hash__(self) -> int:
                return hash((self.stream_id, self.device))

            def __enter__(self) -> Stream:
                self._previous = streams.current(self.device)
                streams.set(self)
                return self

            def __exit__(self, *raised: object) -> None:
                streams.set(self._previous)

            def __repr__(self) -> str:
                return f"<torch.{machine.device}.Stream device={self.device} cuda_stream={self.stream_id:#x}>"

        class Event:
            """An event: when it was recorded."""

            def __init__(
                self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False,
                external: bool = False,
            ) -> None:  # fmt: skip
                self._timing = enable_timing
                self._recorded: float | None = None

            def record(self, stream: object = None) -> None:
                self._recorded = time.perf_counter()

            def synchronize(self) -> None:
                copies.finish()

            def wait(self, stream: object = None) -> None:
                """Everything is done in order."""

            def query(self) -> bool:
                return copies.done

            def elapsed_time(self, end: Event) -> float:
                """Milliseconds until another event (texts of c10/cuda/CUDAEvent)."""
                if not (self._timing and end._timing):
                    raise ValueError("Both events must be created with argument 'enable_timing=True'.")
                if self._recorded is None or end._recorded is None:
                    raise ValueError("Both events must be recorded before calculating elapsed time.")
                return (end._recorded - self._recorded) * 1e3

        Stream.__module__ = Event.__module__ = f"torch.{machine.device}"
        Stream.__qualname__, Event.__qualname__ = "Stream", "Event"
        self.Stream, self.Event = Stream, Event

    def default(self, device: Any = None) -> Any:
        """The default stream of a device."""
        index = self._device(device).index
        if index not in self._default:
            self._default[index] = self.Stream(index, stream_id=0)
        return self._default[index]

    def current(self, device: Any = None) -> Any:
        """The stream that is current on a device."""
        return self._current.get(self._device(device).index) or self.default(device)

    def set(self, stream: Any) -> None:
        """Make a stream the current one of its device; None changes nothing."""
        if stream is not None:
            self._current[stream.device.index] = stream

    def _device(self, device: Any) -> torch.device:
        """The device that is meant, with its index."""
        kind = self._machine.device
        found = torch.device(kind, device) if isinstance(device, int) else torch.device(device or kind)
        return torch.device(kind, self._machine.current if found.index is None else found.index)


class StreamContext:
    """``with torch.cuda.stream(stream):``."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            self.stream.__enter__()

    def __exit__(self, *raised: object) -> None:
        if self.stream is not None:
            self.stream.__exit__(*raised)
