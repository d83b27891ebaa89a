"""Programs around models of real libraries, built from configs: in every world they compute what they compute on this
machine without devlint, and where that world has its device."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playing import play, python

WORLDS = {"cpu": "cpu", "cuda": "cuda:0", "cuda-x2": "cuda:0", "mps": "mps:0"}
#: how far numbers may be apart: the CPU's own kernels differ with the alignment of memory, and autocast has one list of
#: operators for each device type
SINGLE, HALF = 1e-3, 3e-2


@pytest.mark.parametrize("program", ["transformer", "images", "diffusion"])
def test_a_real_program_computes_the_same_everywhere(program: str, cache_home: Path) -> None:
    script = f"real/{program}.py"
    plain = python(cache_home, script)
    assert plain.returncode == 0, plain.stderr
    expected = json.loads(plain.stdout)
    assert expected.pop("devices") == ["cpu"]
    found = play(cache_home, list(WORLDS), script)
    assert found.statuses == dict.fromkeys(WORLDS, 0), found.errors
    for world, device in WORLDS.items():
        computed = json.loads(found.printed[world])
        assert computed.pop("devices") == [device]
        for name, value in expected.items():
            tolerance = HALF if "float16" in name else SINGLE
            assert computed[name] == pytest.approx(value, rel=tolerance, abs=tolerance), f"{name} in world {world}"
        assert computed.keys() == expected.keys()
