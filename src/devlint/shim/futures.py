"""Futures of what gloo does on the host, that hold tensors of a device."""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor

Future = torch.futures.Future[Any]


def of(work: Any, outputs: list[Tensor]) -> Future:
    """What is done when a work of gloo's is, and holds the tensors that this writes to."""
    try:
        future: Future = work.get_future()
    except RuntimeError as error:
        if "not implemented" not in str(error):
            raise
        return _awaited(work, outputs)

    def outcome(done: Future) -> list[Tensor]:
        done.value()  # raises what went wrong
        return outputs

    return future.then(outcome)


def together(several: list[Future], outputs: list[Tensor]) -> Future:
    """What is done when all of several are, with the tensors of them all if there are no others."""

    def outcome(done: Future) -> list[Tensor]:
        values = [value for one in done.value() for value in one.value()]
        return outputs or values

    return torch.futures.collect_all(several).then(outcome)


def _awaited(work: Any, outputs: list[Tensor]) -> Future:
    """The same of work that only knows how to be waited for: what is sent, received or scattered."""
    ended: Future = torch.futures.Future()

    def wait() -> None:
        try:
            work.wait()
        except Exception as error:
            ended.set_result(error)
        else:
            ended.set_result(None)

    def outcome(done: Future) -> list[Tensor]:
        if isinstance(error := done.value(), Exception):
            raise error  # C++ is told of what a callback raises, and not of `set_exception`
        return outputs

    found = ended.then(outcome)
    threading.Thread(target=wait, daemon=True).start()
    return found
