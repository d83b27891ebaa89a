"""Every rule folder keeps its promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from devlint.testing import check_rule, rule_folders


@pytest.mark.parametrize("folder", rule_folders("devlint_rules"), ids=lambda folder: folder.name)
def test_rule(folder: Path) -> None:
    check_rule(folder)
