"""Functions that ``torch.compile`` runs and does not look into: it asks for devices and streams while it compiles, and
would compile the answer first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch

_Function = TypeVar("_Function", bound=Callable[..., Any])


def untraced(function: _Function) -> _Function:
    """The same function, marked. ``torch._dynamo`` says it so too, and is too dear to import for it."""
    frames: Any = torch._C._dynamo.eval_frame
    skip = frames._FrameExecStrategy(frames._FrameAction.SKIP, frames._FrameAction.DEFAULT)
    code = getattr(function, "__code__", None)
    if code is not None:
        frames.set_code_exec_strategy(code, skip)
    return function
