"""What is concluded from what a slice did before and after a repair."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devlint.evidence import Assumption, Played, Verdict
from devlint.finding import Finding, Outcome, Place, Severity
from devlint.verify.verdict import judge
from devlint.world import TARGETS

ERROR = "AssertionError: Torch not compiled with CUDA enabled"
CPU, CUDA = TARGETS["cpu"][0], TARGETS["cuda"][0]
FINDING = Finding(
    "hardcoded-cuda-move",
    "DEV401",
    Place("app.py", 1, 1, 1, 8),
    Severity.ERROR,
    ERROR,
    {CPU.name: Outcome.CRASHES, CUDA.name: Outcome.FINE},
    CPU.name,
)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("cuda float32 (2,)", "cuda float32 (2,)", Verdict.DERIVED),
        ("cuda float32 (2,)", "cpu float32 (2,)", Verdict.REFUTED),
        ("None", "?", Verdict.CHECKED),
        ("?", "cuda float32 (2,)", Verdict.CHECKED),
    ],
)
def test_a_world_that_worked(before: str, after: str, verdict: Verdict) -> None:
    broken, mended = Played(True, {}, ERROR), Played(True, {"value": "cpu float32 (2,)"}, None)
    here, there = (Played(True, {"value": value}, None) for value in (before, after))
    found = judge(FINDING, (CPU, CUDA), {CPU.name: broken, CUDA.name: here}, {CPU.name: mended, CUDA.name: there})
    assert found.verdict is verdict, found.reason


def test_another_world_of_the_witness() -> None:
    """A world in which nobody asks for the second device is no other than the witness to a slice."""
    one, two = TARGETS["cuda"][0], TARGETS["cuda"][-1]
    finding = replace(FINDING, worlds={one.name: Outcome.FINE, two.name: Outcome.WRONG}, witness=two.name)
    before = Played(True, {"choice": "False", "model": "cpu float32"}, None)
    after = Played(True, {"choice": "True", "model": "cpu float16"}, None)
    found = judge(
        finding, (one, two), dict.fromkeys((one.name, two.name), before), dict.fromkeys((one.name, two.name), after)
    )
    assert found.verdict is Verdict.DERIVED, found.reason


def test_a_world_that_the_slice_cannot_have() -> None:
    missing = Played(False, {}, "ModuleNotFoundError: No module named 'torch_directml'")
    broken, mended = Played(True, {}, ERROR), Played(True, {"value": "cpu float32 (2,)"}, None)
    before, after = {CPU.name: broken, CUDA.name: missing}, {CPU.name: mended, CUDA.name: missing}
    assert judge(FINDING, (CPU, CUDA), before, after).verdict is Verdict.DERIVED


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("AttributeError: 'Tensor' object has no attribute 'unet'", Verdict.CHECKED),
        ("RuntimeError: \"addmm_impl_cpu_\" not implemented for 'Half'", Verdict.REFUTED),
    ],
)
def test_what_fails_on_with_no_exception_named(error: str, verdict: Verdict) -> None:
    """Where the message names no exception, one that is not about devices is not the one that is found."""
    finding = replace(FINDING, message="half precision reaches the CPU")
    still, fine = Played(True, {}, error), Played(True, {"value": "cuda float32 (2,)"}, None)
    found = judge(finding, (CPU, CUDA), *(2 * [{CPU.name: still, CUDA.name: fine}]))
    assert found.verdict is verdict, found.reason


@pytest.mark.parametrize(
    ("error", "stood_in", "verdict"),
    [
        ("IndexError: tensors used as indices must be long", True, Verdict.CHECKED),
        ("IndexError: tensors used as indices must be long", False, Verdict.REFUTED),
        ("RuntimeError: Expected all tensors to be on the same device", True, Verdict.REFUTED),
        ("AttributeError: 'Array' object has no attribute 'cpu'", False, Verdict.CHECKED),
        ("AttributeError: 'Model' object has no attribute 'cpu'", False, Verdict.REFUTED),
    ],
)
def test_a_world_that_fails_now(error: str, stood_in: bool, verdict: Verdict) -> None:
    """What stood in for an expression before, and does not after the edit, was never computed."""
    assumed = (Assumption("`table[index]`", "is a tensor on cuda", 0),) if stood_in else ()
    broken, mended = Played(True, {}, ERROR), Played(True, {"value": "cpu float32 (2,)"}, None)
    here, there = Played(True, {"value": "cuda float32 (2,)"}, None, assumed), Played(True, {}, error)
    found = judge(FINDING, (CPU, CUDA), {CPU.name: broken, CUDA.name: here}, {CPU.name: mended, CUDA.name: there})
    assert found.verdict is verdict, found.reason


@pytest.mark.parametrize(("within", "verdict"), [("lib/places.py", Verdict.CHECKED), ("", Verdict.REFUTED)])
def test_what_another_file_raises_still(within: str, verdict: Verdict) -> None:
    still, fine = Played(True, {}, ERROR, within=within), Played(True, {}, None)
    found = judge(FINDING, (CPU, CUDA), *(2 * [{CPU.name: still, CUDA.name: fine}]))
    assert found.verdict is verdict, found.reason


@pytest.mark.parametrize(("given", "verdict"), [(("device",), Verdict.CHECKED), ((), Verdict.REFUTED)])
def test_a_world_that_is_asked_for_something_else(given: tuple[str, ...], verdict: Verdict) -> None:
    broken, mended, fine = Played(True, {}, ERROR), Played(True, {}, None), Played(True, {}, None)
    fails = Played(True, {}, "ValueError: Expected a cuda device, but got: cpu", given=given)
    found = judge(FINDING, (CPU, CUDA), {CPU.name: broken, CUDA.name: fine}, {CPU.name: mended, CUDA.name: fails})
    assert found.verdict is verdict, found.reason
