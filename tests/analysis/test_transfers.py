"""What holds nothing, seen with torch itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program
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


LOSS = """
    import numpy as np
    import torch
    from torch import nn
    from settings import cfg
    class Loss(nn.Module):
        def __init__(self, classes, weight=None, inner=None, scale=1.0):
            super().__init__()
            self.nll = nn.NLLLoss(weight, reduction="mean")
            self.classes, self.scale = classes, 2 * scale
            self.inner = inner
            {body}
        def forward(self, x, y):
            return self.nll(x, y)
    class Sized(Loss):
        def size(self):
            return self.classes
    def f(net):
        return {made}.cuda()
    """


def asks_for_cuda(program: Callable[[str], Program], made: str, body: str = "pass") -> bool:
    """Whether moving a module of a project asks for CUDA."""
    found = program(LOSS.replace("{body}", body).replace("{made}", made))
    return bool(found.analysis.placements(found.span(f"{made}.cuda()")))


@pytest.mark.parametrize(
    "made",
    ["Loss(5)", "Loss(cfg.classes, None)", "Loss(5, inner=nn.ReLU())", "Loss(classes=3, scale=0.5)"],
)
def test_losses_of_a_project_that_hold_nothing(program: Callable[[str], Program], made: str) -> None:
    assert not asks_for_cuda(program, made)


@pytest.mark.parametrize("body", ["self.eye = torch.ones(3)", "self.names = [str(n) for n in range(3)][0]"])
def test_plain_values(program: Callable[[str], Program], body: str) -> None:
    assert asks_for_cuda(program, "Loss(5)", body) is ("names" in body)  # what a comprehension makes is not looked at


@pytest.mark.parametrize(
    "made",
    ["Loss(5, torch.ones(5))", "Loss(5, weight=cfg.weight)", "Loss(5, inner=net)", "Loss(*net)", "Loss(net)"],
)
def test_what_they_are_given(program: Callable[[str], Program], made: str) -> None:
    assert asks_for_cuda(program, made)


@pytest.mark.parametrize(
    "body",
    [
        "self.project = nn.Linear(2, 2)",
        "self.register_buffer('mask', torch.ones(3))",
        "self.shift = nn.Parameter(torch.ones(3))",
        "self.rest = make()",
    ],
)
def test_losses_that_hold_something(program: Callable[[str], Program], body: str) -> None:
    assert asks_for_cuda(program, "Loss(5)", body)


@pytest.mark.parametrize(("made", "expected"), [("Sized(5)", True), ("nn.Linear(2, 2)", True)])
def test_what_a_base_is_given_is_not_followed(program: Callable[[str], Program], made: str, expected: bool) -> None:
    assert asks_for_cuda(program, made) is expected
