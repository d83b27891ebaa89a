"""Operators of other libraries, with and without a kernel for the CPU."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any

Play = Callable[[str, str], None]

DEFINED = """
library = torch.library.Library("mine", "DEF")
for name in ("double", "triple"):
    library.define(f"{name}(Tensor x) -> Tensor")
library.impl("double", lambda x: x * 2, "CPU")
"""


def test_an_operator_without_a_kernel_for_the_device_is_computed_by_that_for_the_cpu(played: Play) -> None:
    played(
        "cuda",
        dedent(DEFINED)
        + dedent(
            """
            from devlint.shim import Unsupported

            doubled = torch.ops.mine.double(torch.ones(2, device="cuda"))
            assert doubled.device.type == "cuda"
            assert doubled.tolist() == [2, 2]
            try:
                torch.ops.mine.triple(doubled)
            except Unsupported as error:
                assert "mine::triple" in str(error)
            else:
                raise AssertionError("computed by what?")
            """
        ),
    )


def test_kernels_that_a_library_brings_for_the_device_are_not_called(shell: Any) -> None:
    """As those of a torchvision that was built for CUDA, which ask the driver."""
    program = f"""
import torch
{DEFINED}
def ask_the_driver(x):
    raise RuntimeError("CUDA driver version is insufficient for CUDA runtime version")

def load_library(self, path):
    for name in ("double", "triple"):
        library.impl(name, ask_the_driver, "CUDA")

type(torch.ops).load_library = load_library

from devlint.shim import Unsupported
from devlint.shim.installation import install
from devlint.shim.profile import Profile
from devlint.world import world_named

install(world_named("cuda"), Profile())
torch.ops.load_library("vision.so")
assert torch.ops.mine.double(torch.ones(2, device="cuda")).tolist() == [2, 2]
try:
    torch.ops.mine.triple(torch.ones(2, device="cuda"))
except Unsupported:
    pass
else:
    raise AssertionError("computed by what?")
"""
    shell.python("-W", "ignore", shell.write("program.py", program))
