"""From the text of an exception to the rules that are about it."""

from __future__ import annotations

import io

import pytest

from devlint.causes import causes, errors
from devlint.cli import main
from devlint.packs import load_packs

RULES = load_packs()

TRACEBACK = """Traceback (most recent call last):
  File "/home/me/app.py", line 12, in <module>
    print(audio.numpy())
          ^^^^^^^^^^^^^
TypeError: can't convert mps:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.
"""


def names(text: str) -> set[str]:
    return {rule.name for rule in causes(text, RULES)}


@pytest.mark.parametrize("rule", [rule for rule in RULES if errors(rule)], ids=lambda rule: rule.name)
def test_a_rule_is_found_by_what_its_page_says(rule: object) -> None:
    for error in errors(rule):  # type: ignore[arg-type]
        assert rule in causes(error, RULES), error


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (TRACEBACK, "numpy-without-cpu"),
        ("AssertionError: Torch not compiled with CUDA enabled", "hardcoded-cuda-move"),
        ("RuntimeError: Found no NVIDIA driver on your system. Please check that", "unguarded-cuda-call"),
        # of a newer version, wrapped in another exception, with the rest in another language
        ("报错 torch.AcceleratorError: Expected all tensors to be on the same device, but got mat1 is on cpu 怎么办",
         "mixed-device-call"),
        ("Caught RuntimeError in DataLoader worker process 0.\n  RuntimeError: Cannot re-initialize CUDA in forked "
         "subprocess. To use CUDA with multiprocessing, you must use the 'spawn' start method", "cuda-in-worker"),
        # cut off
        ("Attempting to deserialize object on a CUDA device but", "load-without-map-location"),
        ("Cannot convert a MPS Tensor to float64 dtype", "float64-on-mps"),
    ],
)  # fmt: skip
def test_of_pasted_text(text: str, rule: str) -> None:
    assert rule in names(text)


@pytest.mark.parametrize(
    "text", ["", "RuntimeError", "KeyError: 'device'", "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB"]
)
def test_what_no_rule_is_about(text: str) -> None:
    assert names(text) == set()


def test_the_command_names_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "can't", "convert", "cuda:0", "device", "type", "tensor", "to", "numpy"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("DEV201 numpy-without-cpu: `.numpy()` on a tensor that is on an accelerator\n")
    assert printed.splitlines()[-1].startswith("`devlint rule DEV201 ")


def test_the_command_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TRACEBACK))
    assert main(["explain", "-"]) == 0
    assert "DEV201" in capsys.readouterr().out


def test_the_command_says_that_nothing_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "KeyError: 'device'"]) == 1
    assert capsys.readouterr().err == "devlint: no rule is about this error\n"
