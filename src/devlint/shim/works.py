"""Works: what begins with a collective and is waited for. gloo's are of the host, these are of a device."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch._C import _distributed_c10d as native
from torch._C._distributed_c10d import Work

Future = torch.futures.Future[Any]

_get_future: Callable[[Any], Future] = Work.get_future
_work_of: Callable[[Future], Any] = vars(native)["_create_work_from_future"]
#: what of Python's gloo's threads still have, by address
_lent: weakref.WeakValueDictionary[int, object] = weakref.WeakValueDictionary()


def of(work: Any, lent: Iterable[Tensor], outputs: list[Tensor], failures: list[Exception]) -> Any:
    """A work that is done when one of gloo's is, on tensors of the host, and whose future holds the tensors that this
    writes to; what goes wrong is noted among the failures. What gloo can only wait for, sends and receives and
    scattered sums, stays gloo's.
    """
    future = _future(work)
    if future is None:
        return work

    def outcome(done: Future) -> list[Tensor]:  # gloo's thread forgets it last: it may not be the last to know a group
        try:
            done.value()
        except Exception as error:
            failures.append(error)
            raise
        return outputs

    for one in (outcome, *lent):
        _lent[id(one)] = one
    return _work_of(future.then(outcome))


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


def busy() -> bool:
    """Whether gloo's threads still have something of Python's."""
    return len(_lent) > 0


def finish(seconds: float = 2.0) -> None:
    """Before Python ends, let gloo's threads be done with what is Python's: one that gives it back later would end the
    process by a signal. Nobody waits longer than this for what other processes never send."""
    until = time.monotonic() + seconds
    while busy() and time.monotonic() < until:
        time.sleep(1e-3)
    time.sleep(1e-2)  # the last one has yet to leave Python


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
