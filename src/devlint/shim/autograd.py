"""Backward passes stay on the thread that starts them.

The engine has a thread for each device: it would wait for Python's lock at every kernel.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import torch
import torch.autograd.graph


def install() -> None:
    """Let every module of torch that starts the engine start it so."""
    engine = torch.autograd.graph._engine_run_backward

    def run_backward(*args: Any, **kwargs: Any) -> Any:
        with torch.autograd.set_multithreading_enabled(False):
            return engine(*args, **kwargs)

    for name, module in list(sys.modules.items()):
        if name.startswith("torch") and isinstance(module, ModuleType):
            if module.__dict__.get("_engine_run_backward") is engine:
                module._engine_run_backward = run_backward  # type: ignore[attr-defined]
