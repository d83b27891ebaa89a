"""Works: what begins with a collective and is waited for. gloo's are of the host, these are of a device."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._C import _distributed_c10d as native
from torch._C._distributed_c10d import Work

Future = torch.futures.Future[Any]

_get_future: Callable[[Any], Future] = Work.get_future
_work_of: Callable[[Future], Any] = vars(native)["_create_work_from_future"]
#: those that gloo has yet to end
_open: set[Future] = set()


def of(work: Any, outputs: list[Tensor], ended: Callable[[Future], None]) -> Any:
    """A work that is done when one of gloo's is, and whose future holds the tensors that this writes to; ``ended`` is
    called with it then. What gloo itself can only wait for, sends and receives and scattered sums, stays gloo's.
    """
    future = _future(work)
    if future is None:
        return work

    def outcome(done: Future) -> list[Tensor]:
        done.value()  # raises what went wrong
        return outputs

    def close(done: Future) -> None:
        ended(done)
        _open.discard(found)

    found = future.then(outcome)
    _open.add(found)
    found.add_done_callback(close)
    return _work_of(found)


def _future(work: Any) -> Future | None:
    try:
        return _get_future(work)
    except RuntimeError as error:
        if "not implemented" in str(error):
            return None
        raise


def require(work: Any) -> None:
    """Raise what went wrong with a work that is done: C++ does not raise what a future made in Python holds."""
    future = _future(work)
    if future is not None and future.done():
        future.value()


def finish(seconds: float = 2.0) -> None:
    """Let what nobody waits for end before Python does: a thread of gloo's that calls it later ends the process."""
    until = time.monotonic() + seconds
    while _open and time.monotonic() < until:
        time.sleep(1e-3)


class Together(Work):
    """Several works as one, for Python."""

    def __init__(self, works: list[Any]) -> None:
        super().__init__()
        self._works = works

    def wait(self, *args: Any, **kwargs: Any) -> bool:
        for work in self._works:
            work.wait(*args, **kwargs)
        return True

    def is_completed(self) -> bool:
        return all(work.is_completed() for work in self._works)
