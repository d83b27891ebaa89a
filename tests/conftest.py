"""What tests of played worlds share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where self-tests are remembered: a world passes one in the whole session."""
    return tmp_path_factory.mktemp("cache")
