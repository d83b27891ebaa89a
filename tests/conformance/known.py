"""Misses that are known, with their reasons: for every build of torch, or for some.

In the files a miss has a reason, or reasons by build: ``{"* cpu": "..."}`` for builds without CUDA, and
``{"2.10 *": "..."}`` for those of one release. What is known must miss; other builds must meet it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import torch

Reason = str | Mapping[str, str]


def build() -> str:
    """The torch that this process plays nothing with: ``2.13 cpu``, ``2.15 cuda``."""
    release = re.match(r"\d+\.\d+", torch.__version__)
    assert release is not None
    return f"{release[0]} {'cpu' if torch.version.cuda is None else 'cuda'}"


def cases() -> dict[str, dict[str, str]]:
    """The conformance cases that miss with this build, by world."""
    return {world: _of_this_build(misses) for world, misses in _read("known_misses.json").items()}


def operators() -> dict[str, str]:
    """The operators that miss with this build, forward or backward."""
    return _of_this_build(_read("known_misses_opinfo.json"))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text())
    return found


def _of_this_build(misses: Mapping[str, Reason]) -> dict[str, str]:
    here = build()
    return {name: found for name, reason in misses.items() if (found := _reason(reason, here)) is not None}


def _reason(reason: Reason, here: str) -> str | None:
    if isinstance(reason, str):
        return reason
    return next((text for pattern, text in reason.items() if fnmatch(here, pattern)), None)
