"""The shim against the conformance cases: one test per world and case.

The cases of a world run in children whose exit statuses are asserted. A known miss stands in ``known_misses.json``
with its reason, and must miss; see ``known``. ``CONFORMANCE_VIA`` says how worlds are played; see ``children.play``.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import cases  # noqa: F401
import known
import pytest
import runner
from declaration import CASES, WORLDS

VIA = os.environ.get("CONFORMANCE_VIA", "run")
KNOWN = known.cases()
PAIRS = [(world, name) for world in WORLDS for name, case in CASES.items() if world in case.scope.worlds]


@cache
def outcomes_in(world: str) -> dict[str, Any]:
    return runner.run(world, VIA)


@pytest.mark.parametrize(("world", "name"), PAIRS, ids=[f"{world}-{name}" for world, name in PAIRS])
def test_case(world: str, name: str) -> None:
    found = outcomes_in(world)
    outcome = found["outcomes"].get(name)
    miss = "the process crashed or hung" if outcome is None else CASES[name].miss(world, outcome)
    reason = KNOWN.get(world, {}).get(name)
    if reason is None:
        assert miss is None, f"{name} in world {world}: {miss}\n  source: {CASES[name].source}"
    else:
        assert miss is not None, f"{name} in world {world} is met now: remove it from known_misses.json ({reason})"


@pytest.mark.parametrize("world", WORLDS)
def test_every_process_ended_well(world: str) -> None:
    found = outcomes_in(world)
    assert set(found["statuses"]) == {0}, "\n".join(found["errors"])
    assert not found["lost"]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 250


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_how_its_expectation_is_known(name: str) -> None:
    case = CASES[name]
    assert case.source
    assert case.scope.why
    assert case.scope.worlds, "it applies nowhere"


def test_known_misses_are_cases_with_reasons() -> None:
    for world, misses in KNOWN.items():
        for name, reason in misses.items():
            assert world in CASES[name].scope.worlds
            assert reason
