"""What the installed torch says of its operators."""

from __future__ import annotations

import pytest
import torch

from devlint.shim.operators import operators, resolve


@pytest.mark.parametrize(
    ("name", "checked", "structured"),
    [
        ("mm", True, True),
        ("add.Tensor", False, True),
        ("index_select", True, False),
        ("masked_fill_.Tensor", False, False),
    ],
)
def test_how_operators_check_devices(name: str, checked: bool, structured: bool) -> None:
    operator = operators()[name]
    assert (operator.checked, operator.structured) == (checked, structured)
    assert {"CPU", "CUDA"} <= operator.kernels.keys()


def test_a_kernel_that_is_written_for_both_has_both_keys() -> None:
    assert {"CPU", "CUDA"} <= operators()["add.out"].kernels.keys()


def test_composite_operators_are_no_device_s_own() -> None:
    assert operators()["convolution"].composite
    assert "CUDA" not in operators()["convolution"].kernels


def test_names_are_those_of_torch() -> None:
    assert resolve("add.Tensor") is torch.ops.aten.add.Tensor
    assert resolve("mm") is torch.ops.aten.mm.default
    assert resolve("no_such_operator") is None
    missing = [name for name, operator in operators().items() if "CUDA" in operator.kernels and resolve(name) is None]
    assert len(missing) < 20, missing
