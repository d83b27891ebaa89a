"""The table of torch's device modules, and what a project says of its torch."""

from __future__ import annotations

import importlib
from importlib.metadata import version

import pytest

from devlint.analysis import device_api
from devlint.analysis.device_api import corrected, is_refused, meant, refusal, since
from devlint.finding import Finding
from devlint.lint import lint
from devlint.packs import load_packs
from devlint.source import Source
from devlint.world import DEFAULT_TORCH, VersionRange, worlds_of

INSTALLED = tuple(int(number) for number in version("torch").split(".")[:2])
#: there once, and no longer
GONE = {"torch.cuda.MemPoolContext", "torch.cuda.error"}


def found(text: str, torch: VersionRange, targets: tuple[str, ...] = ("cpu", "cuda")) -> list[Finding]:
    rules = [rule for rule in load_packs() if rule.name == "phantom-device-api"]
    linted = lint(Source.decode(text.encode(), "example.py"), rules, worlds_of(targets), torch)
    assert not linted.crashes
    return list(linted.findings)


@pytest.mark.parametrize("module", sorted(device_api._NAMES))
def test_the_installed_torch_has_what_the_table_says(module: str) -> None:
    held = importlib.import_module(module)
    for name, first in device_api._first_versions(module).items():
        full = f"{module}.{name}"
        if full not in GONE and not hasattr(held, name) and max(first, (0,)) <= INSTALLED:
            importlib.import_module(full)  # a module that nobody has imported yet


def test_names() -> None:
    assert since("torch.cuda.empty_cache") == ()
    assert since("torch.accelerator.empty_cache") == (2, 9)
    assert since("torch.accelerator") == (2, 6)
    assert since("torch.xpu.is_available") == (2, 3)
    assert since("torch.mps.set_device") is None
    assert since("torch.cuda._lazy_init") == since("torch.npu.anything") == since("torch.nn.Linear") == ()
    assert meant("torch.cuda.is_availble") == "torch.cuda.is_available"
    assert meant("torch.backends.cuda.is_available") == "torch.cuda.is_available"
    assert meant("torch.mps.set_device") is None


def test_text() -> None:
    refused = {"CUDA": "cuda", "gpu": "cuda", "GPU:1": "cuda:1", "cuda0": "cuda:0", "cuda:": "cuda", "Cpu": "cpu"}
    assert {text: corrected(text) for text in refused if is_refused(text)} == refused
    for text in ("auto", "cuda:-1"):
        assert is_refused(text)
        assert corrected(text) is None
    for text in (
        "cuda",
        "cuda:1",
        "cpu",
        "meta",
        "npu:0",
        "tpu:0",
        "cudnn",
        "csv",
        "utf-8",
        "",
        "float32",
        "my_backend",
    ):
        assert not is_refused(text), text


@pytest.mark.parametrize("text", ["CUDA", "gpu", "cuda0", "cuda:", "cuda:-1", "auto", "Cpu:0"])
def test_torch_refuses_it_so(text: str) -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as raised:
        torch.device(text)
    said = refusal(text).removeprefix("RuntimeError: ").partition(", ... ")[0]
    assert str(raised.value).startswith(said)


YOUNG = """
import torch

def release():
    if torch.cuda.is_available():
        torch.accelerator.empty_cache()
    torch.xpu.synchronize()
"""


def test_a_name_is_too_young_where_the_project_says_so() -> None:
    (one,) = found(YOUNG, VersionRange.parse(">=2.4"))
    assert one.torch == ">=2.4,<2.9"
    assert "only from 2.9 on" in one.message
    assert [finding.torch for finding in found(YOUNG, VersionRange.parse(">=2.0,<2.8"))] == [">=2.0,<2.8", ">=2.0,<2.3"]


def test_a_module_that_came_later_is_what_is_missing() -> None:
    (one,) = found("import torch\ntorch.xpu.is_available()\n", VersionRange.parse(">=2.0"))
    assert one.message.endswith("AttributeError: module 'torch' has no attribute 'xpu'")
    (one,) = found("import torch\ntorch.xpu.mem_get_info()\n", VersionRange.parse(">=2.4"))
    assert one.message.endswith("AttributeError: module 'torch.xpu' has no attribute 'mem_get_info'")


def test_nobody_is_asked_for_a_version_that_he_has_not_spoken_of() -> None:
    assert found(YOUNG, DEFAULT_TORCH) == []
    assert found(YOUNG, VersionRange.parse(">=2.9")) == []


@pytest.mark.parametrize(
    "condition",
    [
        'hasattr(torch, "accelerator")',
        'torch.__version__ >= "2.9"',
        'is_torch_version(">=", "2.9")',
        "TORCH_2_9",
        "device.type == wanted",
    ],
)
def test_who_asks_first_may_use_it(condition: str) -> None:
    text = (
        f"import torch\n\ndef release(device, wanted):\n    if {condition}:\n        torch.accelerator.empty_cache()\n"
    )
    assert found(text, VersionRange.parse(">=2.2")) == []


def test_an_extension_has_names_of_its_own() -> None:
    text = "import torch\n\ndef release():\n    torch.xpu.lazy_init()\n"
    assert len(found(text, DEFAULT_TORCH)) == 1
    assert found("import intel_extension_for_pytorch\n" + text, DEFAULT_TORCH) == []
