"""The property that ``chains.py`` states, on a played device."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Shell


@pytest.mark.parametrize("world", ["cuda", "mps"])
def test_chains_of_operators_come_to_the_same_as_on_the_cpu(shell: Shell, world: str) -> None:
    shell.play(world, Path(__file__).with_name("chains.py"))
