"""The shim against torch's samples for its own operators: one test per operator and direction.

``OPINFO_EVERY`` takes every Nth operator (20 if it is not set; 1 is the full run, which takes minutes). A known miss
stands in ``known_misses_opinfo.json`` with its reason, and must miss; see ``known``.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import known
import opinfo
import pytest

VIA = os.environ.get("CONFORMANCE_VIA", "run")
EVERY = int(os.environ.get("OPINFO_EVERY", "20"))
KNOWN = known.operators()


@cache
def found() -> dict[str, Any]:
    return opinfo.run("cuda", VIA, EVERY)


@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("name", list(opinfo.named())[::EVERY])
def test_operator(name: str, way: str) -> None:
    state = found()["operators"][name][way]
    reason = KNOWN.get(f"{name} {way}")
    if reason is None:
        assert state in ("ok", "none"), f"{name} {way}: {state}"
    else:
        assert state not in ("ok", "none"), (
            f"{name} {way} is met now: remove it from known_misses_opinfo.json ({reason})"
        )


def test_every_process_ended_well() -> None:
    assert set(found()["statuses"]) == {0}, "\n".join(found()["errors"])
