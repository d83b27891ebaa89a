"""Tensors on different devices that meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

PRELUDE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor, mode):
        new = {factory}
        return {operation}
"""


def meets(program: Callable[[str], Program], factory: str, operation: str) -> bool:
    found = program(PRELUDE.format(factory=factory, operation=operation))
    mixtures = found.analysis.mixtures(found.span(factory))
    assert all(mixture.world.accelerator for mixture in mixtures)
    return bool(mixtures)


@pytest.mark.parametrize(
    "operation",
    [
        "x + new",
        "new < x",
        "x.masked_fill(new, 0)",
        "torch.cat([x, new.unsqueeze(0)])",
        "self.project(new)",
        "self.project(x) * new.float().exp()",
        "new[x.long()]",
    ],
)
def test_new_tensors_meet_inputs_and_outputs(program: Callable[[str], Program], operation: str) -> None:
    assert meets(program, "torch.arange(3)", operation)


@pytest.mark.parametrize(
    "operation",
    ["x[new]", "new.to(x.device) + x", "x.sum() if new.shape[0] else x", "mode + new", "new.sum() + x", "x.copy_(new)"],
)
def test_they_need_not(program: Callable[[str], Program], operation: str) -> None:
    assert not meets(program, "torch.arange(3)", operation)


@pytest.mark.parametrize("factory", ["torch.tensor(1.0)", "torch.zeros(())", "torch.tensor(mode)"])
def test_scalars_mix(program: Callable[[str], Program], factory: str) -> None:
    assert not meets(program, factory, "x + new")


def test_different_sides_of_one_condition_do_not_meet(program: Callable[[str], Program]) -> None:
    found = program(
        """
        import torch

        def pick(device, flag):
            a = b = torch.zeros(3)
            if flag:
                a = torch.ones(4)
            else:
                b = torch.ones(4).to(device)
            return a + b
        """
    )
    assert {mixture.host.origin.lineno for mixture in found.analysis.mixtures(found.span("a + b"))} == {5}  # type: ignore[union-attr]


def test_weights_are_where_they_were_made_until_the_module_is_moved(program: Callable[[str], Program]) -> None:
    code = """
        import torch
        from torch import nn

        class Shift(nn.Conv2d):
            def __init__(self, spread):
                super().__init__(3, 3, 1)
                scale = torch.Tensor(spread)
                self.bias.div_(scale)

            def rescale(self, spread):
                self.bias.div_(torch.FloatTensor(spread))
        """
    made, moved = "torch.Tensor(spread)", "torch.FloatTensor(spread)"
    found = program(code)
    assert not found.analysis.mixtures(found.span(made))
    assert found.analysis.mixtures(found.span(moved))
    found = program(code.replace("rescale", "reset_parameters"))
    assert not found.analysis.mixtures(found.span(moved))
