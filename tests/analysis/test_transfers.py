"""What holds nothing, seen with torch itself."""

from __future__ import annotations

import pytest
from torch import nn

from devlint.analysis.torch_facts import EMPTY, EMPTY_UNLESS_WEIGHTED

_ARGUMENTS = {"Unflatten": (1, (1, 1))}


def made(name: str) -> nn.Module:
    """A module of this class, made with as few arguments as it takes."""
    for arguments in (_ARGUMENTS.get(name, ()), (1,), (1, 1)):
        try:
            return getattr(nn, name)(*arguments)  # type: ignore[no-any-return]
        except TypeError:
            continue
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(EMPTY | EMPTY_UNLESS_WEIGHTED))
def test_modules_that_hold_nothing(name: str) -> None:
    module = made(name)
    assert not [*module.parameters(), *module.buffers()]


@pytest.mark.parametrize("name", sorted(EMPTY_UNLESS_WEIGHTED))
def test_modules_that_keep_weights(name: str) -> None:
    weight = nn.Parameter(nn.Linear(3, 3).weight[0].detach())
    assert [*getattr(nn, name)(weight=weight).state_dict()] == ["weight"]
